import { withDeadline } from '../../../src/component-base/index.ts';
import type { Pace } from '../remote/pace.ts';
import { translateError } from './translate-error.ts';

interface RequestOptions {
  readonly signal: AbortSignal;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
}

/** The part of the SDK's client that is used. */
export interface CloudflareClient {
  readonly get: (path: string, options: RequestOptions) => PromiseLike<unknown>;
  readonly post: (path: string, options: RequestOptions) => PromiseLike<unknown>;
}

/** What one request answered. */
export interface CloudflareAnswer {
  readonly result: unknown;
  readonly pages: number;
}

export interface CloudflareRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Makes it a POST. */
  readonly body?: object;
}

/** Rejects with `DnsProviderError` or `ChangedMeanwhile`; with the signal's reason when that aborts. */
export type CloudflareSender = (request: CloudflareRequest, signal: AbortSignal) => Promise<CloudflareAnswer>;

const DEADLINE_MS = 60_000;

export function createSender(client: CloudflareClient, pace: Pace): CloudflareSender {
  return async ({ path, query, body }, outer) => {
    const signal = withDeadline(DEADLINE_MS, outer);
    try {
      await pace.turn(signal);
      const options = { signal, ...(query === undefined ? {} : { query }) };
      const answer = await (body === undefined ? client.get(path, options) : client.post(path, { ...options, body }));
      return parseAnswer(answer);
    } catch (err) {
      throw translateError(err, outer);
    }
  };
}

function parseAnswer(answer: unknown): CloudflareAnswer {
  const { result, result_info: info } = fieldsOf(answer);
  const pages = fieldsOf(info)['total_pages'];
  return { result, pages: typeof pages === 'number' ? pages : 1 };
}

// @NOTE fields of any value may be asked for by name; each is looked at before it is used.
const fieldsOf = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>;
