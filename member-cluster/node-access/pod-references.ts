import type { Container, Pod, Volume } from '../../src/apis/index.ts';

/** What a pod may name in its namespace, and its node may therefore see. */
export type ReferencedKind = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims';

export interface Reference {
  readonly kind: ReferencedKind;
  readonly name: string;
}

type EnvVar = NonNullable<Container['env']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** All that a pod refers to; empty names are left out. */
export function* referencesOf(pod: Pod): Generator<Reference> {
  for (const reference of allReferencesOf(pod)) if (reference.name !== '') yield reference;
}

function* allReferencesOf(pod: Pod): Generator<Reference> {
  yield { kind: 'serviceaccounts', name: pod.spec?.serviceAccountName ?? '' };
  for (const name of secretNames(pod)) yield { kind: 'secrets', name: name ?? '' };
  for (const name of configMapNames(pod)) yield { kind: 'configmaps', name: name ?? '' };
  for (const name of claimNames(pod)) yield { kind: 'persistentvolumeclaims', name };
  for (const name of resourceClaimNames(pod)) yield { kind: 'resourceclaims', name: name ?? '' };
}

export function* secretNames(pod: Pod): Generator<string | undefined> {
  for (const { name } of pod.spec?.imagePullSecrets ?? []) yield name;
  for (const { secretRef } of environmentsOf(pod)) if (secretRef !== undefined) yield secretRef.name;
  for (const volume of volumesOf(pod)) {
    yield* volumeSecretNames(volume);
    for (const { secret } of projectionsOf(volume)) if (secret !== undefined) yield secret.name;
  }
}

function* volumeSecretNames(volume: Volume): Generator<string | undefined> {
  const { secret, azureFile, csi, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos } = volume;
  if (secret !== undefined) yield secret.secretName;
  if (azureFile !== undefined) yield azureFile.secretName;
  if (csi?.nodePublishSecretRef !== undefined) yield csi.nodePublishSecretRef.name;
  for (const source of [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos]) {
    if (source?.secretRef !== undefined) yield source.secretRef.name;
  }
}

export function* configMapNames(pod: Pod): Generator<string | undefined> {
  for (const { configMapRef } of environmentsOf(pod)) if (configMapRef !== undefined) yield configMapRef.name;
  for (const volume of volumesOf(pod)) {
    if (volume.configMap !== undefined) yield volume.configMap.name;
    for (const { configMap } of projectionsOf(volume)) if (configMap !== undefined) yield configMap.name;
  }
}

interface Named {
  readonly name?: string;
}

/** Where the variables of all containers come from. */
function* environmentsOf({ spec }: Pod): Generator<{ readonly secretRef?: Named; readonly configMapRef?: Named }> {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? {};
  for (const { env = [], envFrom = [] } of [...initContainers, ...containers, ...ephemeralContainers]) {
    yield* envFrom;
    for (const { valueFrom } of env) yield keysOf(valueFrom);
  }
}

function keysOf({ secretKeyRef, configMapKeyRef }: NonNullable<EnvVar['valueFrom']> = {}) {
  return {
    ...(secretKeyRef === undefined ? {} : { secretRef: secretKeyRef }),
    ...(configMapKeyRef === undefined ? {} : { configMapRef: configMapKeyRef }),
  };
}

function* claimNames(pod: Pod): Generator<string> {
  for (const volume of volumesOf(pod)) {
    const name = claimOf(pod, volume);
    if (name !== undefined) yield name;
  }
}

/** The claim that a volume of the pod is made of: one that is named, or one of its own. */
export function claimOf({ metadata }: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined {
  if (persistentVolumeClaim !== undefined) return persistentVolumeClaim.claimName;
  return ephemeral === undefined ? undefined : `${metadata.name ?? ''}-${name}`;
}

/** What is made of a template has the name that the pod's status says, once it is made. */
function* resourceClaimNames({ spec, status }: Pod): Generator<string | undefined> {
  for (const { name, resourceClaimName } of spec?.resourceClaims ?? []) {
    yield resourceClaimName ?? status?.resourceClaimStatuses?.find((made) => made.name === name)?.resourceClaimName;
  }
  yield status?.extendedResourceClaimStatus?.resourceClaimName;
}

export function volumesOf({ spec }: Pod): readonly Volume[] {
  return spec?.volumes ?? [];
}

export function projectionsOf({ projected }: Volume): readonly Projection[] {
  return projected?.sources ?? [];
}
