import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Durable } from './durable';
import { Orders } from './orders';
import { OrdersController } from './orders.controller';
import { Warehouse } from './warehouse';

@Module({ controllers: [OrdersController], providers: [Durable, Orders, Warehouse] })
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(Number(process.env.PORT), '127.0.0.1');
}
void bootstrap();
