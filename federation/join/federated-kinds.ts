import type { Resource } from '../../src/apimachinery/index.ts';
import * as sync from '../sync/index.ts';

/** Every kind that is copied to members. */
export const federatedKinds: readonly Resource[] = [
  sync.namespaces,
  sync.configMaps,
  sync.secrets,
  sync.services,
  sync.deployments,
  sync.replicaSets,
].map(({ resource }) => resource);
