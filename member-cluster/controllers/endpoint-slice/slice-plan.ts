import { deepEqual, stableJson } from '../../../src/apimachinery/index.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../../src/apis/index.ts';

/** Endpoints that all have the Service's ports at the same numbers. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SlicePlan {
  readonly create: readonly PortGroup[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

export const MAX_ENDPOINTS = 100;

/**
 * The fewest writes that make `present` slices hold what is wanted: endpoints stay in the slice they are in, new ones
 * go where there is room, slices with nothing left go. There is always one slice, be it empty: consumers tell a
 * Service without endpoints from one that nobody has looked at yet.
 */
export function planSlices(present: readonly EndpointSlice[], wanted: readonly PortGroup[]): SlicePlan {
  const groups: readonly PortGroup[] = wanted.length === 0 ? [{ ports: [], endpoints: [] }] : wanted;
  const byPorts = Map.groupBy(present, ({ ports }) => portsKey(ports ?? []));
  const create: PortGroup[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const group of groups) {
    const key = portsKey(group.ports);
    const plan = planGroup(byPorts.get(key) ?? [], group);
    byPorts.delete(key);
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.remove);
  }
  return { create, update, remove: [...remove, ...byPorts.values().toArray().flat()] };
}

function planGroup(slices: readonly EndpointSlice[], { ports, endpoints }: PortGroup): SlicePlan {
  const homeless = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const kept = slices.map((slice) => {
    const content = (slice.endpoints ?? []).flatMap((endpoint) => {
      const key = identity(endpoint);
      const fresh = homeless.get(key);
      homeless.delete(key);
      return fresh === undefined ? [] : [fresh];
    });
    return { slice, content };
  });
  const queue = [...homeless.values()];
  for (const { content } of kept) content.push(...queue.splice(0, Math.max(0, MAX_ENDPOINTS - content.length)));

  const create: PortGroup[] = [];
  while (queue.length > 0) create.push({ ports, endpoints: queue.splice(0, MAX_ENDPOINTS) });
  if (kept.length === 0 && create.length === 0) create.push({ ports, endpoints: [] });
  const [spare] = kept.every(({ content }) => content.length === 0) ? kept : [];
  const remove = kept.filter((each) => each !== spare && each.content.length === 0).map(({ slice }) => slice);
  const update = kept
    .filter(({ slice, content }) => !remove.includes(slice) && !deepEqual(content, slice.endpoints ?? []))
    .map(({ slice, content }) => ({ ...slice, endpoints: content }));
  return { create, update, remove };
}

function identity({ addresses, targetRef }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.join()}`;
}

function portsKey(ports: readonly EndpointPort[]): string {
  return stableJson(ports.map((port) => stableJson(port)).sort());
}
