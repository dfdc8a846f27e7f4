import type { PersistentVolumeSpec, Volume } from '../../src/apis/index.ts';

/** Drivers that took the place of what Kubernetes itself once mounted. */
const SUCCESSORS = {
  awsElasticBlockStore: 'ebs.csi.aws.com',
  azureDisk: 'disk.csi.azure.com',
  azureFile: 'file.csi.azure.com',
  cinder: 'cinder.csi.openstack.org',
  gcePersistentDisk: 'pd.csi.storage.gke.io',
  portworxVolume: 'pxd.portworx.com',
  vsphereVolume: 'csi.vsphere.vmware.com',
} as const;

type Source = Pick<Volume | PersistentVolumeSpec, keyof typeof SUCCESSORS> & {
  readonly csi?: { readonly driver: string };
};

/** The driver that mounts it; `undefined` where none does. */
export function csiDriverOf(source: Source): string | undefined {
  if (source.csi !== undefined) return source.csi.driver;
  // @NOTE these are the keys of the constant above.
  const kinds = Object.keys(SUCCESSORS) as (keyof typeof SUCCESSORS)[];
  const kind = kinds.find((name) => source[name] !== undefined);
  return kind === undefined ? undefined : SUCCESSORS[kind];
}
