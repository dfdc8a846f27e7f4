import type { ClientAddress } from '../../choice/index.ts';

/** Who sent a question. */
export interface QuickPeer {
  readonly transport: 'udp' | 'tcp';
  /** Undefined where nobody knows. */
  address(): ClientAddress | undefined;
}

export interface KnownClient {
  readonly text: string;
  /** Undefined where the text is none. */
  readonly address: ClientAddress | undefined;
}

export interface KnownPeer extends QuickPeer {
  client(): KnownClient;
}
