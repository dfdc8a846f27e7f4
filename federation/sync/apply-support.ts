import { isStatusError } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';

/**
 * Which members merge what we apply. All do that are not very old; one that does not says so once, and is not asked
 * again until it has another client.
 */
export class ApplySupport {
  readonly #without = new WeakSet<Client>();

  has(client: Client): boolean {
    return !this.#without.has(client);
  }

  /** True when the answer means that the server does not know what applying is. */
  learns(client: Client, err: unknown): boolean {
    if (!isNoApply(err)) return false;
    this.#without.add(client);
    return true;
  }
}

export function isNoApply(err: unknown): boolean {
  return isStatusError(err) && (err.code === 415 || err.code === 405);
}
