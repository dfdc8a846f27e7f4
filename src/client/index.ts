export type {
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
export { createRemoteClient, type ClientCredentials, type RemoteClientOptions } from './remote-client.ts';
