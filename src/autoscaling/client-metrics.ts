import { isNotFound, parseQuantity, parseTime, quantityToMillis } from '../apimachinery/index.ts';
import { podMetrics, type PodMetrics } from '../apis/index.ts';
import type { StoredResources } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import { customMetricPath, readMetricValues, readPreferredVersion, type MetricValue } from './metrics-api.ts';
import type {
  Measured,
  MetricName,
  MetricsSource,
  ObjectMetricQuery,
  PodMetricQuery,
  UsageQuery,
} from './metrics-source.ts';
import { NoProposal } from './no-proposal.ts';
import type { PodUsages } from './replica-calculator.ts';

const SECONDS = /^(\d+(?:\.\d+)?)s$/;
/** Over which a value was taken where its API does not say. */
const USUAL_WINDOW_MS = 60_000;

/** What one cluster's metrics APIs say. */
export class ClientMetrics implements MetricsSource {
  readonly #client: Client;
  readonly #resources: Pick<StoredResources, 'ofKind'>;

  /** `resources` knows the kinds of objects that metrics describe. */
  constructor(client: Client, resources: Pick<StoredResources, 'ofKind'>) {
    this.#client = client;
    this.#resources = resources;
  }

  async podUsages(query: UsageQuery, signal: AbortSignal): Promise<PodUsages> {
    const { namespace, selector, resource, container } = query;
    const list = await asked('unable to fetch metrics from resource metrics API', signal, () =>
      this.#client.list(podMetrics, { namespace, labelSelector: selector, signal }),
    );
    if (list.items.length === 0) throw new NoProposal('no metrics returned from resource metrics API');
    return new Map(
      list.items.flatMap((each) => {
        const value = valueOf(each, resource, container);
        if (value === undefined) return [];
        const windowMs = Number(SECONDS.exec(each.window)?.[1] ?? 0) * 1000;
        return [[each.metadata.name ?? '', { value, at: parseTime(each.timestamp) ?? 0, windowMs }]];
      }),
    );
  }

  async podMetric({ selector, ...query }: PodMetricQuery, signal: AbortSignal): Promise<PodUsages> {
    const values = await this.#custom(query, { plural: 'pods', name: '*', labelSelector: selector }, signal);
    if (values.length === 0) throw new NoProposal('no metrics returned from custom metrics API');
    return new Map(
      values.map(({ name, value, timestamp, windowSeconds }) => {
        const windowMs = windowSeconds === undefined ? USUAL_WINDOW_MS : windowSeconds * 1000;
        return [name, { value, at: parseTime(timestamp) ?? 0, windowMs }];
      }),
    );
  }

  async objectMetric({ object, ...query }: ObjectMetricQuery, signal: AbortSignal): Promise<Measured> {
    const { apiVersion = 'v1', kind, name } = object;
    const resource = this.#resources.ofKind(apiVersion, kind);
    if (resource === undefined) throw new NoProposal(`no matches for kind ${JSON.stringify(kind)} in ${apiVersion}`);
    const { group, plural } = resource;
    const values = await this.#custom(query, { group, plural, name }, signal);
    const [only] = values;
    if (only === undefined) throw new NoProposal('no metrics returned from custom metrics API');
    return { value: only.value };
  }

  async externalMetric({ namespace, metric, metricSelector }: MetricName, signal: AbortSignal): Promise<Measured> {
    const version = await this.#versionOf('external.metrics.k8s.io', 'external', signal);
    const place = `/namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(metric)}`;
    const query = metricSelector === '' ? '' : `?labelSelector=${encodeURIComponent(metricSelector)}`;
    const values = await asked('unable to fetch metrics from external metrics API', signal, async () =>
      readMetricValues(await this.#client.raw(`/apis/external.metrics.k8s.io/${version}${place}${query}`, { signal })),
    );
    if (values.length === 0) throw new NoProposal('no metrics returned from external metrics API');
    return { value: values.reduce((sum, { value }) => sum + value, 0) };
  }

  async #custom(query: MetricName, described: Described, signal: AbortSignal): Promise<readonly MetricValue[]> {
    const version = await this.#versionOf('custom.metrics.k8s.io', 'custom', signal);
    const path = customMetricPath(version, query, described);
    return asked('unable to fetch metrics from custom metrics API', signal, async () =>
      readMetricValues(await this.#client.raw(path, { signal })),
    );
  }

  async #versionOf(group: string, what: string, signal: AbortSignal): Promise<string> {
    try {
      return readPreferredVersion(await this.#client.raw(`/apis/${group}`, { signal }));
    } catch (cause) {
      signal.throwIfAborted();
      if (isNotFound(cause)) throw new NoProposal(`no ${what} metrics API (${group}) registered`);
      throw new NoProposal(messageOf(cause), { cause });
    }
  }
}

type Described = Parameters<typeof customMetricPath>[2];

/** Whatever keeps a cluster from answering keeps it from proposing. */
async function asked<T>(what: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    signal.throwIfAborted();
    throw new NoProposal(`${what}: ${messageOf(cause)}`, { cause });
  }
}

/** Nothing of a pod with a container of which that is not known. */
function valueOf({ metadata, containers }: PodMetrics, resource: string, only: string | undefined): number | undefined {
  const meant = containers.filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && meant.length === 0) {
    const { namespace = '', name = '' } = metadata;
    throw new NoProposal(`container ${only} not present in metrics for pod ${namespace}/${name}`);
  }
  const amounts = meant.map(({ usage }) => usage[resource]);
  if (amounts.includes(undefined)) return undefined;
  return amounts.reduce((sum, amount = '0') => sum + quantityToMillis(parseQuantity(amount)), 0);
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
