import { openApiPart } from '../apiserver/index.ts';
import { withDeadline, type Clock, type Logger } from '../component-base/index.ts';
import { badStatus, remoteGet, type Asked } from './remote-get.ts';

export interface RemoteDocumentDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

const PATH = '/openapi/v2';
const FETCH_MS = 10_000;
const REFRESH_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/** What a remote API's document in version 2 of OpenAPI says of its version, kept when it cannot be had anew. */
export class RemoteDocument {
  readonly #deps: RemoteDocumentDeps;
  #part: string | undefined;
  #etag: string | undefined;
  #dueAt = 0;
  #retryMs = REFRESH_MS;

  constructor(deps: RemoteDocumentDeps) {
    this.#deps = deps;
  }

  get part(): string | undefined {
    return this.#part;
  }

  /** It may be another one from now on. */
  expire(): void {
    this.#etag = undefined;
    this.#dueAt = 0;
  }

  /** Asks for it when it is time to; seldom where that fails. Rejects only when `signal` aborts. */
  async refresh(
    asked: Asked,
    version: { readonly group: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#deps;
    if (clock.now() < this.#dueAt) return;
    try {
      await this.#fetch(asked, version, withDeadline(FETCH_MS, signal));
      this.#retryMs = REFRESH_MS;
      this.#dueAt = clock.now() + REFRESH_MS;
    } catch (err) {
      signal.throwIfAborted();
      log.warn(
        { err, group: version.group, version: version.version },
        'the OpenAPI document of a remote API was not taken over',
      );
      this.#dueAt = clock.now() + this.#retryMs;
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
    }
  }

  async #fetch(
    asked: Asked,
    version: { readonly group: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { status, etag, text } = await remoteGet(asked, PATH, { signal, etag: this.#etag });
    if (status === 304) return;
    if (status === 404) this.#part = this.#etag = undefined;
    if (status !== 200) throw badStatus(asked, PATH, status);
    this.#part = await openApiPart(text, version);
    this.#etag = etag;
  }
}
