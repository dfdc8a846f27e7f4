import { parseClientAddress } from '../../choice/index.ts';
import type { KnownClient } from './quick-peer.ts';

const MAX_CLIENTS = 4096;

/** Clients by what a socket calls them: most of those who ask have asked before. */
export class KnownClients<Key> {
  readonly #clients = new Map<Key, KnownClient>();

  get(key: Key): KnownClient | undefined {
    return this.#clients.get(key);
  }

  add(key: Key, text: string): KnownClient {
    const client = clientAt(text);
    if (this.#clients.size >= MAX_CLIENTS) this.#clients.clear();
    this.#clients.set(key, client);
    return client;
  }
}

export function clientAt(text: string): KnownClient {
  return { text, address: parseClientAddress(text) };
}
