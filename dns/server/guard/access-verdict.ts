import type { AddressList } from '../../access/index.ts';

export interface AccessRules {
  /** Who gets no answer whatsoever. */
  readonly ignored?: AddressList | undefined;
  /** Who may ask: all where it is absent. */
  readonly allowed?: AddressList | undefined;
}

/** What becomes of the questions of a client. */
export function accessVerdict(client: string, { ignored, allowed }: AccessRules): 'ignore' | 'refuse' | 'answer' {
  if (ignored?.has(client) === true) return 'ignore';
  return allowed?.has(client) === false ? 'refuse' : 'answer';
}
