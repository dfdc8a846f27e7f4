import type { StatusError } from '../../src/apimachinery/index.ts';
import type { AdmissionRequest, Authorizer } from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';

/** What somebody who is a node is about to write. */
export interface NodeWrite {
  readonly node: string;
  readonly request: AdmissionRequest;
  readonly signal: AbortSignal;
  /** The 403 to throw. */
  readonly refuse: (why: string) => StatusError;
}

export interface RestrictionDeps {
  /** A client of the very server that the write goes to. */
  readonly own: Pick<Client, 'get'>;
  /** Says who may have tokens for audiences that no volume of the pod names. */
  readonly authorizer: Authorizer;
}

/** As Go quotes a text in a message. */
export const quoted = (text: string): string => JSON.stringify(text);
