import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { members, namespace, type FleetUnderTest } from './fleet-under-test.ts';
import { ms, quantile, type Figure, type Section } from './report.ts';

const DURATION_MS = 3_000;
const LISTED = 1_000;

/** Requests of one client process with so many calls under way at once, over TLS, each kind for a few seconds. */
export async function throughput(fleet: FleetUnderTest): Promise<Section> {
  const client = fleet.client(members[0]);
  const figures: Figure[] = [];
  let sequence = 0;
  const create = () => client.create(configMaps, configMap(`bench-${sequence++}`));
  for (const callers of [1, 16, 64]) figures.push(await rate(`creates, ${callers} at once`, callers, create));
  const get = () => client.get(configMaps, { namespace, name: 'bench-0' });
  for (const callers of [1, 16, 64]) figures.push(await rate(`gets, ${callers} at once`, callers, get));
  const list = () => client.list(configMaps, { namespace, limit: LISTED });
  figures.push(await rate(`lists of ${LISTED} objects, 4 at once`, 4, list));
  await client.deleteCollection(configMaps, { namespace });
  return {
    title: 'One member’s API server',
    method: `ConfigMaps of 1 KB; creates are durable on disk when answered. One client process beside the fleet on the same machine, ${DURATION_MS / 1000} s each.`,
    figures,
  };
}

function configMap(name: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value: 'x'.repeat(900) } };
}

async function rate(
  what: string,
  callers: number,
  call: () => ReturnType<Client['raw'] | Client['get'] | Client['list']>,
): Promise<Figure> {
  const latencies: number[] = [];
  const end = performance.now() + DURATION_MS;
  const began = performance.now();
  const caller = async () => {
    while (performance.now() < end) {
      const from = performance.now();
      await call();
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = latencies.length / ((performance.now() - began) / 1000);
  const p = (q: number) => ms(quantile(latencies, q));
  return { what, value: `${Math.round(perSecond)}/s, median ${p(0.5)}, p99 ${p(0.99)}` };
}
