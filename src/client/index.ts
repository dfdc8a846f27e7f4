export type {
  CallContext,
  CallOptions,
  Client,
  DeleteOptions,
  JsonPatchOperation,
  ListOptions,
  NewObject,
  ObjectEvent,
  Patch,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
export { objectPath } from './paths.ts';
export { createRemoteClient, type ClientCredentials, type RemoteClientOptions } from './remote-client.ts';
export { loadKubeconfig, type Kubeconfig, type KubeconfigContext, type KubeconfigServer } from './kubeconfig.ts';
export {
  assertMergeable,
  mergeKubeconfig,
  removeFromKubeconfig,
  replaceKubeconfigUser,
  type KubeconfigEntries,
  type KubeconfigWriteOptions,
  type NamedCluster,
  type NamedContext,
  type NamedUser,
} from './kubeconfig-file.ts';
