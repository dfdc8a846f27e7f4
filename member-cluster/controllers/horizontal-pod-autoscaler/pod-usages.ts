import { parseQuantity, parseTime, quantityToMillis } from '../../../src/apimachinery/index.ts';
import { podMetrics, type PodMetrics } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { NoProposal, type PodUsages } from './replica-calculator.ts';

const SECONDS = /^(\d+(?:\.\d+)?)s$/;

export interface UsageQuery {
  readonly namespace: string;
  readonly selector: string;
  readonly resource: string;
  /** Of this container alone. */
  readonly container?: string;
}

/** What the selected pods use, as `metrics.k8s.io` says. */
export async function podUsages(
  client: Client,
  { namespace, selector, resource, container }: UsageQuery,
  signal: AbortSignal,
): Promise<PodUsages> {
  const metrics = await listMetrics(client, namespace, selector, signal);
  if (metrics.length === 0) throw new NoProposal('no metrics returned from resource metrics API');
  const usages = metrics.map((each) => [each, valueOf(each, resource, container)] as const);
  return new Map(
    usages.flatMap(([{ metadata, timestamp, window }, value]) => {
      if (value === undefined) return [];
      const windowMs = Number(SECONDS.exec(window)?.[1] ?? 0) * 1000;
      return [[metadata.name ?? '', { value, at: parseTime(timestamp) ?? 0, windowMs }]];
    }),
  );
}

async function listMetrics(
  client: Client,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly PodMetrics[]> {
  try {
    return (await client.list(podMetrics, { namespace, labelSelector, signal })).items;
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NoProposal(`unable to fetch metrics from resource metrics API: ${why}`, { cause });
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
