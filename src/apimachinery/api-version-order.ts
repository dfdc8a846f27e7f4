interface Parts {
  readonly major: number;
  /** 2 is stable, 1 beta, 0 alpha. */
  readonly stage: number;
  readonly minor: number;
}

/**
 * The order in which versions of an API group are preferred (Kubernetes' version priority): stable before beta before
 * alpha, then the higher number; names that follow no such scheme come last, by alphabet.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    return right !== undefined ? 1 : a < b ? -1 : Number(a > b);
  }
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
}

function partsOf(version: string): Parts | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (match === null) return undefined;
  const [, major, stage, minor] = match;
  return { major: Number(major), stage: stage === undefined ? 2 : Number(stage === 'beta'), minor: Number(minor ?? 0) };
}
