import { isStatusError } from '../../src/apimachinery/index.ts';
import { Counter, Histogram, type Clock, type Registry } from '../../src/component-base/index.ts';

export interface MemberRequest {
  readonly cluster: string;
  readonly verb: string;
  /** As in `deployments.apps`; empty for a path that is none's. */
  readonly resource: string;
}

const FORBIDDEN = '403';
/** Of calls that got no answer: given up by us, or no connection. */
const ABORTED = 'aborted';
const UNREACHABLE = 'unreachable';
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the federation asks of its members, and how that ends. */
export class MemberRequests {
  readonly #clock: Clock;
  readonly #requests: Counter;
  readonly #durations: Histogram;
  /** Calls of one that has left may end later. */
  readonly #members = new Set<string>();
  readonly #forbiddenHandlers = new Set<(cluster: string) => void>();

  constructor(metrics: Registry, clock: Clock) {
    this.#clock = clock;
    this.#requests = new Counter({
      name: 'koinon_member_requests_total',
      help: 'Requests to the API of a member, by the status code of the answer, or why there was none.',
      labelNames: ['cluster', 'verb', 'resource', 'code'],
      registers: [metrics],
    });
    this.#durations = new Histogram({
      name: 'koinon_member_request_duration_seconds',
      help: 'Time until a member has answered a request; watches are not among them.',
      labelNames: ['cluster', 'verb'],
      buckets: BUCKETS,
      registers: [metrics],
    });
  }

  /** From now on it is told of. */
  add(cluster: string): void {
    this.#members.add(cluster);
  }

  async observe<R>(request: MemberRequest, call: () => Promise<R>): Promise<R> {
    const { cluster, verb } = request;
    const from = this.#clock.now();
    try {
      const answer = await call();
      this.ended(request, '200');
      return answer;
    } catch (err) {
      this.ended(request, codeOf(err));
      throw err;
    } finally {
      const seconds = (this.#clock.now() - from) / 1000;
      if (this.#members.has(cluster)) this.#durations.observe({ cluster, verb }, seconds);
    }
  }

  ended({ cluster, verb, resource }: MemberRequest, code: string): void {
    if (this.#members.has(cluster)) this.#requests.inc({ cluster, verb, resource, code });
    if (code === FORBIDDEN) for (const handler of this.#forbiddenHandlers) handler(cluster);
  }

  /** Called with a cluster's name when it did not allow what was asked of it. Returns its own removal. */
  onForbidden(handler: (cluster: string) => void): () => void {
    this.#forbiddenHandlers.add(handler);
    return () => {
      this.#forbiddenHandlers.delete(handler);
    };
  }

  /** The cluster has left the federation. */
  async forget(cluster: string): Promise<void> {
    this.#members.delete(cluster);
    for (const { labels } of (await this.#requests.get()).values) {
      if (labels['cluster'] === cluster) this.#requests.remove(labels);
    }
    for (const { labels } of (await this.#durations.get()).values) {
      if (labels['cluster'] === cluster) this.#durations.remove({ cluster, verb: labels['verb'] ?? '' });
    }
  }
}

export function codeOf(err: unknown): string {
  if (isStatusError(err)) return String(err.code);
  const given = err instanceof DOMException || (err instanceof Error && err.name === 'AbortError');
  return given ? ABORTED : UNREACHABLE;
}
