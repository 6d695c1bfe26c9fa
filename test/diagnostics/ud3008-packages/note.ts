export async function note(name: string, value: unknown): Promise<void> {
  await Promise.resolve([name, value]);
}
