/** What went wrong in an evaluation. `&&` and `||` may still have an answer. */
export class CelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CelError';
  }
}

/** Not to be caught inside an expression: the evaluation ends. */
export class CostLimitExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
    this.name = 'CostLimitExceeded';
  }
}

export function noSuchOverload(): CelError {
  return new CelError('no such overload');
}

export function noSuchKey(key: string): CelError {
  return new CelError(`no such key: ${key}`);
}
