/** Keys from `key` on and before `end`; only `key` when `end` is empty. etcd's own convention: `end` NUL is no end. */
export interface KeyRange {
  readonly key: string;
  readonly end: string;
}

export const EVERYTHING: KeyRange = { key: '\0', end: '\0' };

/**
 * All keys that begin with `prefix`, which must not be empty nor end beyond ASCII: the last byte is counted up.
 * With `after`, only those that follow it.
 */
export function prefixRange(prefix: string, after?: string): KeyRange {
  const last = prefix.length - 1;
  const end = prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
  if (after === undefined || after < prefix) return { key: prefix, end };
  return { key: `${after}\0`, end };
}
