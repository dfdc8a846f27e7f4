import type { PersistentVolume } from '../../src/apis/index.ts';

export interface SecretKey {
  readonly namespace: string;
  readonly name: string;
}

/** The Secrets that a node needs to mount a volume; those without a namespace are where its claim is. */
export function volumeSecrets({ spec }: PersistentVolume): readonly SecretKey[] {
  if (spec?.claimRef === undefined) return [];
  const { azureFile, csi, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos } = spec;
  const home = spec.claimRef.namespace ?? '';
  const references = [
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].map((source) => source?.secretRef),
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
    azureFile === undefined ? undefined : { name: azureFile.secretName, namespace: azureFile.secretNamespace },
  ];
  return references.flatMap((reference): SecretKey[] =>
    reference === undefined ? [] : [{ namespace: orElse(reference.namespace, home), name: reference.name ?? '' }],
  );
}

function orElse(namespace: string | undefined, home: string): string {
  return namespace === undefined || namespace === '' ? home : namespace;
}
