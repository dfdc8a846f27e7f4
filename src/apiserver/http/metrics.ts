import { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from '../../component-base/index.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ResourceInfo } from './request-info.ts';

const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export type RequestKind = 'mutating' | 'readOnly';

export function requestKindOf(method: string): RequestKind {
  return MUTATING.has(method) ? 'mutating' : 'readOnly';
}

/** The metrics of a server, under Kubernetes' names. */
export class ServerMetrics {
  readonly #requests: Counter<'verb' | 'group' | 'version' | 'resource' | 'subresource' | 'scope' | 'code'>;
  readonly #durations: Histogram<'verb' | 'group' | 'version' | 'resource' | 'subresource' | 'scope'>;
  readonly #inFlight: Gauge<'request_kind'>;
  readonly #longRunning: Gauge<'verb' | 'group' | 'version' | 'resource'>;
  /** Of each resource, what the counter has not been told yet: to tell it costs more than the event. */
  readonly #sent = new Map<string, SentEvents>();

  constructor(metrics: MetricsRegistry) {
    const registers = [metrics];
    const place = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;
    this.#requests = new Counter({
      name: 'apiserver_request_total',
      help: 'Requests answered, by what they were about and the HTTP code.',
      labelNames: [...place, 'code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Time from the arrival of a request to its answer; of watches to their beginning.',
      labelNames: place,
      buckets: BUCKETS,
      registers,
    });
    this.#inFlight = new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that are being answered.',
      labelNames: ['request_kind'],
      registers,
    });
    this.#longRunning = new Gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches and other streams that are open.',
      labelNames: ['verb', 'group', 'version', 'resource'],
      registers,
    });
    const sent = this.#sent;
    const events = new Counter({
      name: 'apiserver_watch_events_total',
      help: 'Events sent to watchers.',
      labelNames: ['group', 'version', 'resource'],
      registers,
      collect: () => {
        for (const resource of sent.values()) {
          events.inc(resource.labels, resource.count);
          resource.count = 0;
        }
      },
    });
  }

  answered(
    info: ResourceInfo | undefined,
    method: string,
    outcome: { readonly code: number; readonly ms: number },
  ): void {
    const place = placeOf(info, method);
    this.#requests.inc({ ...place, code: outcome.code });
    this.#durations.observe(place, outcome.ms / 1000);
  }

  inFlight(kind: RequestKind, count: number): void {
    this.#inFlight.set({ request_kind: kind }, count);
  }

  /** Returns what to call at the stream's end. */
  streaming({ verb, group, version, plural }: ResourceInfo): () => void {
    const labels = { verb: verb.toUpperCase(), group, version, resource: plural };
    this.#longRunning.inc(labels);
    return () => {
      this.#longRunning.dec(labels);
    };
  }

  /** Returns what to call with every event of a watch. */
  watching({ definition: { group, version, plural } }: ServedResource): () => void {
    const key = `${group}/${version}/${plural}`;
    const sent = this.#sent.get(key) ?? { labels: { group, version, resource: plural }, count: 0 };
    this.#sent.set(key, sent);
    return () => {
      sent.count += 1;
    };
  }
}

interface SentEvents {
  readonly labels: { readonly group: string; readonly version: string; readonly resource: string };
  count: number;
}

function placeOf(info: ResourceInfo | undefined, method: string) {
  if (info === undefined) {
    return { verb: method, group: '', version: '', resource: '', subresource: '', scope: '' };
  }
  const { verb, group, version, plural, subresource = '', namespace, name } = info;
  const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
  return { verb: verb.toUpperCase(), group, version, resource: plural, subresource, scope };
}
