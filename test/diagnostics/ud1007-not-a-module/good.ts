async function main(): Promise<unknown> {
  'use durable';
  return await Promise.resolve(1);
}

void main;

export {};
