import { Injectable } from '@nestjs/common';
import { effect } from './effects';

/** Steps of orders. It has a connection, which no journal can keep. */
@Injectable()
export class Warehouse {
  readonly connection = (item: string, to: string) => effect(`${to} ${item}`);

  async charge(item: string): Promise<string> {
    this.connection(item, 'charge');
    return `paid ${item}`;
  }

  async pack(item: string): Promise<void> {
    this.connection(item, 'pack');
  }

  async ask(item: string, token: string): Promise<void> {
    this.connection(`${item} ${token}`, 'ask');
  }

  async ship(item: string, by: string): Promise<string> {
    this.connection(`${item} ${by}`, 'ship');
    return `shipped for ${by}`;
  }
}
