import { isNotFound } from '../../src/apimachinery/index.ts';
import { persistentVolumeClaims, persistentVolumes, type PersistentVolume, type Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { HOLLOW_DRIVER } from '../runtime/index.ts';

/** What a pod's claims are bound to. */
export interface ClaimedVolumes {
  /** Names of persistent volumes by the names that the pod has for them. */
  readonly mounted: ReadonlyMap<string, string>;
  /** A sentence for each that nobody here can mount. */
  readonly foreign: readonly string[];
}

/** Rejects while a claim of the pod is missing or has no volume. */
export async function claimedVolumes({ metadata, spec }: Pod, client: Client): Promise<ClaimedVolumes> {
  const { namespace = '', name: podName = '' } = metadata;
  const mounted = new Map<string, string>();
  const foreign: string[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of spec?.volumes ?? []) {
    if (persistentVolumeClaim === undefined && ephemeral === undefined) continue;
    const claimName = persistentVolumeClaim?.claimName ?? `${podName}-${name}`;
    const volume = await volumeOf(client, { namespace, name: claimName }, name);
    const volumeName = volume.metadata.name ?? '';
    const kind = foreignKind(volume);
    if (kind === undefined) mounted.set(name, volumeName);
    else foreign.push(`volume ${name}: ${kind} of persistent volume ${volumeName} is not mounted`);
  }
  return { mounted, foreign };
}

async function volumeOf(
  client: Client,
  key: { readonly namespace: string; readonly name: string },
  name: string,
): Promise<PersistentVolume> {
  try {
    const { spec, status } = await client.get(persistentVolumeClaims, key);
    if (status?.phase !== 'Bound') throw new Error(`volume "${name}": PVC is not bound`);
    return await client.get(persistentVolumes, { name: spec?.volumeName ?? '' });
  } catch (err) {
    if (isNotFound(err)) throw new Error(`volume "${name}": ${err.message}`, { cause: err });
    throw err;
  }
}

/** Volumes of this cluster's own class, and those of a host, are files in memory here. */
function foreignKind({ spec }: PersistentVolume): string | undefined {
  const { csi, hostPath, local } = spec ?? {};
  if (csi?.driver === HOLLOW_DRIVER || hostPath !== undefined || local !== undefined) return undefined;
  if (csi !== undefined) return `csi ${csi.driver}`;
  return SOURCES.find((source) => spec?.[source] !== undefined) ?? 'source';
}

const SOURCES = ['nfs', 'iscsi', 'fc', 'cephfs', 'rbd', 'glusterfs', 'azureFile', 'flexVolume'] as const;
