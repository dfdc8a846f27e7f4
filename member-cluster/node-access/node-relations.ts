import {
  persistentVolumes,
  pods,
  resourceSlices,
  volumeAttachments,
  type PersistentVolume,
  type Pod,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { IndexFunction, InformerSet, Lister } from '../../src/controller/index.ts';
import { podIndexes } from '../pods/index.ts';
import { findObject } from './find-object.ts';
import { isMirrorPod } from './mirror-pod.ts';
import { claimOf, referencesOf, volumesOf, type ReferencedKind } from './pod-references.ts';
import { volumeSecrets, type SecretKey } from './volume-secrets.ts';

/** What a node may have to do with. */
export type RelatedKind = ReferencedKind | 'pods' | 'persistentvolumes' | 'volumeattachments' | 'resourceslices';

export interface RelatedObject {
  readonly kind: RelatedKind;
  /** Empty for those that are in none. */
  readonly namespace: string;
  readonly name: string;
}

/** Whether the node runs the object, or runs a pod that needs it. */
export type IsRelated = (node: string, object: RelatedObject) => Promise<boolean>;

export interface NodeRelationsDeps {
  /** The pods that there are are known from here. */
  readonly informers: () => InformerSet;
  /** Whatever else is asked for is read when it is asked for. */
  readonly own: () => Pick<Client, 'get' | 'list'>;
}

const NEEDED_BY = 'neededByNode';

/**
 * What upstream keeps as a graph is here an index of the pods that are known anyway: it is made with the first question,
 * so that a cluster whose nodes ask for nothing pays nothing. Volumes, attachments and slices are few, and read.
 */
export function nodeRelations({ informers, own }: NodeRelationsDeps): IsRelated {
  let found: Lister<Pod> | undefined;
  const lister = (): Lister<Pod> => {
    found ??= informers().of(pods, { indexes: { ...podIndexes, [NEEDED_BY]: neededByNode } }).lister;
    return found;
  };
  const needs = (node: string, kind: ReferencedKind, { namespace, name }: SecretKey): boolean =>
    lister().byIndex(NEEDED_BY, indexKey(node, kind, namespace, name)).length > 0;
  const needsClaimOf = (node: string, volume: PersistentVolume | undefined): boolean => {
    const { namespace = '', name = '' } = volume?.spec?.claimRef ?? {};
    return name !== '' && needs(node, 'persistentvolumeclaims', { namespace, name });
  };

  return async (node, { kind, namespace, name }) => {
    switch (kind) {
      case 'pods':
        return nodeNameOf(lister().get(`${namespace}/${name}`)) === node;
      case 'persistentvolumes':
        return needsClaimOf(node, await findObject(own(), persistentVolumes, { name }));
      case 'volumeattachments':
        return nodeNameOf(await findObject(own(), volumeAttachments, { name })) === node;
      case 'resourceslices':
        return nodeNameOf(await findObject(own(), resourceSlices, { name })) === node;
      case 'secrets':
        return needs(node, kind, { namespace, name }) || mountsWith(node, { namespace, name });
      case 'configmaps':
      case 'persistentvolumeclaims':
      case 'resourceclaims':
      case 'serviceaccounts':
        return needs(node, kind, { namespace, name });
    }
  };

  /** Whether a volume of one of the node's pods is mounted with this Secret. */
  async function mountsWith(node: string, secret: SecretKey): Promise<boolean> {
    const hasClaims = lister()
      .byIndex('node', node)
      .some((pod) => volumesOf(pod).some((volume) => claimOf(pod, volume) !== undefined));
    if (!hasClaims) return false;
    const { items } = await own().list(persistentVolumes);
    return items.some((volume) => isMountedWith(volume, secret) && needsClaimOf(node, volume));
  }
}

function nodeNameOf(object: { readonly spec?: { readonly nodeName?: string } } | undefined): string | undefined {
  return object?.spec?.nodeName;
}

function isMountedWith(volume: PersistentVolume, secret: SecretKey): boolean {
  return volumeSecrets(volume).some(({ namespace, name }) => namespace === secret.namespace && name === secret.name);
}

/** A node could give itself anything by pods that it makes: what those refer to does not count. */
const neededByNode: IndexFunction<Pod> = (pod) => {
  const node = pod.spec?.nodeName ?? '';
  if (node === '' || isMirrorPod(pod)) return [];
  const namespace = pod.metadata.namespace ?? '';
  const keys = new Set<string>();
  for (const { kind, name } of referencesOf(pod)) keys.add(indexKey(node, kind, namespace, name));
  return [...keys];
};

function indexKey(node: string, kind: ReferencedKind, namespace: string, name: string): string {
  return `${node} ${kind} ${namespace}/${name}`;
}
