import { Injectable } from '@nestjs/common';
import { createCallback, registerClass } from 'use-durable';
import { fromContainer } from './durable';
import { Warehouse } from './warehouse';

@Injectable()
export class Orders {
  constructor(private readonly warehouse: Warehouse) {}

  async order(item: string): Promise<string> {
    'use durable';
    const receipt = await this.warehouse.charge(item);
    await this.warehouse.pack(item);
    const approval = await createCallback<string>();
    await this.warehouse.ask(item, approval.token);
    const by = await approval.result();
    return `${receipt}, ${await this.warehouse.ship(item, by)}`;
  }
}

registerClass(Orders, { id: 'orders', ...fromContainer(Orders) });
