import type { KubeObject } from '../../../src/apimachinery/index.ts';

/** Annotations that say of volumes and claims how they came to each other. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** Says to provisioners outside that one of them is meant. Old ones read the beta one. */
export const STORAGE_PROVISIONERS = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
] as const;

const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a claim or a volume; empty for none. */
export function classOf({ metadata, spec }: KubeObject & { readonly spec?: { readonly storageClassName?: string } }) {
  return metadata.annotations?.[OLD_CLASS] ?? spec?.storageClassName ?? '';
}
