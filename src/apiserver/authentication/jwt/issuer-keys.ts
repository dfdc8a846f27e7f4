import type { JWK } from 'jose';
import { isList, isObject } from '../../../apimachinery/index.ts';
import { untilAborted, withDeadline, type Clock, type Logger, type Runnable } from '../../../component-base/index.ts';
import { getJson } from './get-json.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

export interface IssuerKeysDeps {
  readonly issuer: Pick<TrustedIssuer, 'url' | 'discoveryUrl' | 'certificateAuthority'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const FETCH_DEADLINE_MS = 10_000;
const REFRESH_MS = 10 * 60_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;
/** Tokens that no key is for may be of a new key, or of anybody who likes to make us ask. */
const MIN_INTERVAL_MS = 10_000;
const MAX_KEYS = 200;

/** The public keys of an issuer: fetched when this starts, every now and then, and when a token needs another. */
export class IssuerKeys implements Runnable {
  readonly name: string;
  readonly #deps: IssuerKeysDeps;
  #keys: readonly JWK[] | undefined;
  #attemptedAt = -Infinity;
  #isFetching = false;
  /** Settles when the attempt that is under way, or the next one, has ended. */
  #attempt = Promise.withResolvers<undefined>();
  /** Aborts when the attempt after the last one must not wait. */
  #wanted = new AbortController();

  constructor(deps: IssuerKeysDeps) {
    this.#deps = deps;
    this.name = `keys of ${deps.issuer.url}`;
  }

  /** Resolves when there are keys: from then on there always are. */
  async known(signal: AbortSignal): Promise<void> {
    while (this.#keys === undefined) await untilAborted(this.#attempt.promise, signal);
  }

  /** Ready at once: an issuer may be reachable only when the rest of us runs. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const isFetched = await this.#fetch(signal);
      const pauseMs = isFetched ? REFRESH_MS : retryMs * (1 + this.#deps.clock.random());
      retryMs = isFetched ? FIRST_RETRY_MS : Math.min(retryMs * 2, LAST_RETRY_MS);
      await this.#pause(pauseMs, signal);
    }
  }

  /**
   * What `find` makes of the keys. When it finds nothing they may have been changed: they are fetched anew, which happens
   * only so often, and it is tried with those. Rejects while none are known.
   */
  async find<T>(find: (keys: readonly JWK[]) => Promise<T | undefined>, signal: AbortSignal): Promise<T | undefined> {
    const before = this.#keys;
    const found = before === undefined ? undefined : await find(before);
    if (found !== undefined) return found;
    if (this.#mayAsk()) {
      if (!this.#isFetching) this.#wanted.abort();
      await untilAborted(this.#attempt.promise, signal);
    }
    const now = this.#keys;
    if (now === undefined) throw new Error('oidc: authenticator not initialized');
    return now === before ? undefined : find(now);
  }

  #mayAsk(): boolean {
    return this.#isFetching || this.#deps.clock.now() - this.#attemptedAt >= MIN_INTERVAL_MS;
  }

  async #fetch(signal: AbortSignal): Promise<boolean> {
    const { issuer, clock, log } = this.#deps;
    this.#isFetching = true;
    this.#wanted = new AbortController();
    this.#attemptedAt = clock.now();
    try {
      this.#keys = await fetchKeys(issuer, withDeadline(FETCH_DEADLINE_MS, signal));
      return true;
    } catch (err) {
      if (!signal.aborted) log.warn({ err, issuer: issuer.url }, 'the keys of a token issuer cannot be fetched');
      return false;
    } finally {
      this.#isFetching = false;
      this.#attempt.resolve(undefined);
      this.#attempt = Promise.withResolvers();
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { signal: wanted } = this.#wanted;
    await this.#deps.clock.sleep(ms, AbortSignal.any([signal, wanted])).catch((err: unknown) => {
      if (!signal.aborted && !wanted.aborted) throw err;
    });
  }
}

/** OpenID Connect Discovery 1.0 §4, and the keys that it leads to (RFC 7517 §5). */
async function fetchKeys(
  { url, discoveryUrl, certificateAuthority }: IssuerKeysDeps['issuer'],
  signal: AbortSignal,
): Promise<readonly JWK[]> {
  const options = { signal, ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }) };
  const { issuer, jwks_uri: place } = await getJson(discoveryUrl, options);
  if (issuer !== url) {
    const [wanted, got] = [url, String(issuer)].map((text) => JSON.stringify(text));
    throw new Error(`oidc: issuer did not match the issuer returned by provider, expected ${wanted} got ${got}`);
  }
  if (typeof place !== 'string') throw new Error(`the discovery document at ${discoveryUrl} has no jwks_uri`);
  const { keys } = await getJson(place, options);
  if (!isList(keys)) throw new Error(`the key set at ${place} has no list of keys`);
  return keys.slice(0, MAX_KEYS).filter(isPublicKey);
}

/** Secrets that both sides know are no keys of an issuer. */
function isPublicKey(key: unknown): key is JWK {
  return isObject(key) && (key['kty'] === 'RSA' || key['kty'] === 'EC') && (key['use'] ?? 'sig') === 'sig';
}
