import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Durable } from './durable';
import { Orders } from './orders';

@Controller()
export class OrdersController {
  constructor(
    private readonly durable: Durable,
    private readonly orders: Orders,
  ) {}

  @Post('orders')
  async start(@Query('item') item: string) {
    const run = await this.durable.runtime.start(this.orders.order, [item], { id: item, this: this.orders });
    return { id: run.id };
  }

  @Get('orders')
  async result(@Query('item') item: string) {
    const run = await this.durable.runtime.get(item);
    const status = await run?.status();
    return status === 'completed' ? { status, result: await run?.result() } : { status };
  }

  @Post('approvals')
  @HttpCode(204)
  async approve(@Query('token') token: string, @Query('by') by: string) {
    await this.durable.runtime.complete(token, by);
  }
}
