import { definePlugin } from 'nitro';
import { durable } from '../shop/durable.ts';

export default definePlugin(async () => {
  await durable().recover();
});
