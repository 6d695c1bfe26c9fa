export interface Answer {
  on(event: string, listener: (text: string) => void): this;
  off(event: string): this;
  whole(): Promise<string>;
}

export const ask = (question: string): Answer => {
  const answer: Answer = { on: () => answer, off: () => answer, whole: async () => question };
  return answer;
};

export const show = (text: string): void => void text;
