/** What a function of a template failed with; the engine says which one. */
export class CallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CallError';
  }
}

export const fail = (message: string): never => {
  throw new CallError(message);
};
