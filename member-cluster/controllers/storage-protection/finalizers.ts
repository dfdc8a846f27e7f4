/** What keeps volumes, claims and classes that are used from going, by resource. */
export const storageProtection: Readonly<Partial<Record<string, string>>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};
