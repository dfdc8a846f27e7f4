import type { LoadBalancerIngress } from '../../src/apis/index.ts';

/** The addresses of one cluster's shard; none while it is not healthy. */
export interface ClusterIngresses {
  readonly cluster: string;
  readonly items: readonly LoadBalancerIngress[];
}

/** Reads the annotation `federation.kubernetes.io/service-ingresses`; nothing of a value that cannot be read. */
export function parseServiceIngresses(text: string | undefined): readonly ClusterIngresses[] {
  if (text === undefined) return [];
  try {
    return listOf(fieldsOf(JSON.parse(text))['items']).flatMap((entry) => {
      const { cluster, items } = fieldsOf(entry);
      return typeof cluster === 'string' ? [{ cluster, items: listOf(items).flatMap(ingressOf) }] : [];
    });
  } catch (err) {
    // Users may write it too. It is written again as soon as any cluster is known.
    if (err instanceof SyntaxError) return [];
    throw err;
  }
}

/** The original's format: clusters in ascending order, `null` for a shard without addresses, `{}` for no shard at all. */
export function formatServiceIngresses(entries: readonly ClusterIngresses[]): string {
  if (entries.length === 0) return '{}';
  const sorted = [...entries].sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  return JSON.stringify({
    items: sorted.map(({ cluster, items }) => ({ cluster, items: items.length === 0 ? null : sortIngress(items) })),
  });
}

/** By IP, then host name; each once, and only what says where. */
export function sortIngress(items: readonly LoadBalancerIngress[]): readonly LoadBalancerIngress[] {
  const byText = new Map<string, LoadBalancerIngress>();
  for (const { ip, hostname } of items) {
    const place = { ...(ip === undefined ? {} : { ip }), ...(hostname === undefined ? {} : { hostname }) };
    byText.set(`${ip ?? ''} ${hostname ?? ''}`, place);
  }
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

export function addressesOf(items: readonly LoadBalancerIngress[]): readonly string[] {
  return items.flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function ingressOf(value: unknown): readonly LoadBalancerIngress[] {
  const { ip, hostname } = fieldsOf(value);
  if (typeof ip === 'string' && ip !== '') return [{ ip }];
  return typeof hostname === 'string' && hostname !== '' ? [{ hostname }] : [];
}
