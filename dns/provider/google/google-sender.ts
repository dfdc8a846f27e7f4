import { withDeadline } from '../../../src/component-base/index.ts';
import type { Pace } from '../remote/pace.ts';
import { translateError } from './translate-error.ts';

interface SdkRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly data?: object;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly signal: AbortSignal;
  readonly retryConfig: {
    readonly retry: number;
    readonly httpMethodsToRetry: string[];
    readonly statusCodesToRetry: number[][];
  };
}

/** The part of the SDK that is used: it finds credentials, gets tokens, signs and retries. */
export interface GoogleClient {
  readonly projectId: () => Promise<string>;
  readonly request: (request: SdkRequest) => Promise<{ readonly data: unknown }>;
}

export interface GoogleRequest {
  /** Below the project. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Makes it a POST. */
  readonly body?: object;
}

/** Rejects with `DnsProviderError` or `ChangedMeanwhile`; with the signal's reason when that aborts. */
export type GoogleSender = (request: GoogleRequest, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>>;

export interface GoogleSenderOptions {
  readonly client: GoogleClient;
  readonly endpoint: string;
  /** What the credentials say when absent. */
  readonly projectId?: string;
  readonly pace: Pace;
}

const DEADLINE_MS = 60_000;
const RETRIES = 3;

export function createSender({ client, endpoint, pace, ...options }: GoogleSenderOptions): GoogleSender {
  return async ({ path, query, body }, outer) => {
    const signal = withDeadline(DEADLINE_MS, outer);
    try {
      await pace.turn(signal);
      const project = options.projectId ?? (await client.projectId());
      const answer = await client.request({
        url: `${endpoint}/dns/v1/projects/${encodeURIComponent(project)}/${path}`,
        method: body === undefined ? 'GET' : 'POST',
        signal,
        // A change that was made although nobody heard of it is refused when it is tried again, and then looked at.
        retryConfig: { retry: RETRIES, httpMethodsToRetry: ['GET', 'POST'], statusCodesToRetry: [[429], [500, 599]] },
        ...(query === undefined ? {} : { params: query }),
        ...(body === undefined ? {} : { data: body }),
      });
      // @NOTE the API answers with objects; their fields are looked at before they are used.
      return (answer.data ?? {}) as Readonly<Record<string, unknown>>;
    } catch (err) {
      throw translateError(err, outer);
    }
  };
}
