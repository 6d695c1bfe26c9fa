/** An option that may come several times. One that takes a list would take the arguments behind it. */
export const addTo = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
