import { controllerReferenceTo, deepEqual, isNotFound, type KubeObject } from '../../../src/apimachinery/index.ts';
import { endpointSlices as endpointSliceResource, type EndpointSlice } from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import type { IndexFunction, Informer, Key, WorkQueue } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import type { Expectations } from '../expectations.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { nameOf } from '../ownership.ts';
import { planSlices, type PortGroup } from './slice-plan.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

export interface SliceWriterDeps {
  readonly expectations: Expectations;
  readonly client: Client;
}

/** What the slices of one object should be. */
export interface WantedSlices {
  /** Of the Service's name, which the slices are for. */
  readonly owner: KubeObject;
  /** Who keeps them; slices of others are not `present`. */
  readonly manager: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly PortGroup[];
}

/** The key of what one manager keeps a slice for; none for slices that others keep. */
export function keysOfManager(manager: string): IndexFunction<EndpointSlice> {
  return ({ metadata }) => {
    const { [SERVICE_NAME]: name, [MANAGED_BY]: managedBy } = metadata.labels ?? {};
    return name === undefined || managedBy !== manager ? [] : [`${metadata.namespace ?? ''}/${name}`];
  };
}

/** Has each change of a slice looked at by whoever keeps it, and what was expected counted. */
export function watchSlices(
  informer: Informer<EndpointSlice>,
  keysOf: IndexFunction<EndpointSlice>,
  { queue, expectations }: { readonly queue: WorkQueue; readonly expectations: Expectations },
): void {
  informer.onEvent(({ type, object }) => {
    for (const key of keysOf(object)) {
      if (type === 'add') expectations.created(key);
      queue.add(key);
    }
  });
}

/** Makes the present slices of one object hold what is wanted, once the cache shows what was done before. */
export async function keepSlices(
  deps: SliceWriterDeps,
  key: Key,
  { present, wanted }: { readonly present: readonly EndpointSlice[]; readonly wanted: WantedSlices },
  signal: AbortSignal,
): Promise<void> {
  const { client, expectations } = deps;
  if (!expectations.satisfied(key)) return;
  const plan = planSlices(present, wanted.groups);
  const labels = labelsOf(wanted);
  const changed = new Map(plan.update.map((slice) => [slice.metadata.uid, slice]));
  for (const slice of present.filter((each) => !plan.remove.includes(each))) {
    const next = changed.get(slice.metadata.uid) ?? slice;
    if (next === slice && deepEqual(slice.metadata.labels, labels)) continue;
    await client.update(endpointSliceResource, { ...next, metadata: { ...next.metadata, labels } }, { signal });
  }
  await createAll(deps, key, wanted, plan.create);
  await removeSlices(client, plan.remove, signal);
}

export async function removeSlices(
  client: Client,
  slices: readonly EndpointSlice[],
  signal: AbortSignal,
): Promise<void> {
  for (const slice of slices) {
    try {
      await client.delete(endpointSliceResource, objectKey(slice), { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

function labelsOf({ owner, manager, labels }: WantedSlices): Readonly<Record<string, string>> {
  return { ...labels, [SERVICE_NAME]: nameOf(owner), [MANAGED_BY]: manager };
}

async function createAll(
  { client, expectations }: SliceWriterDeps,
  key: Key,
  wanted: WantedSlices,
  groups: readonly PortGroup[],
): Promise<void> {
  if (groups.length === 0) return;
  expectations.expect(key, { creations: groups.length });
  for (const [index, group] of groups.entries()) {
    try {
      await client.create(endpointSliceResource, sliceOf(wanted, group));
    } catch (err) {
      expectations.created(key, groups.length - index);
      if (isNamespaceEnding(err)) return;
      throw err;
    }
  }
}

function sliceOf(wanted: WantedSlices, { ports, endpoints }: PortGroup): NewObject<EndpointSlice> {
  const { namespace } = wanted.owner.metadata;
  return {
    metadata: {
      generateName: `${nameOf(wanted.owner)}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: labelsOf(wanted),
      ownerReferences: [controllerReferenceTo(wanted.owner)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}
