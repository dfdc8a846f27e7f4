/** What keeps volumes and claims that are used from going, by resource. */
export const storageProtection: Readonly<Partial<Record<string, string>>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};
