export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { durable } = await import('./shop/durable.ts');
    await durable().recover();
  }
}
