import { namespaces as resource, type Namespace } from '../../../src/apis/index.ts';
import { hasAll } from '../owned-fields.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import { isSystemNamespace } from './propagation.ts';

/**
 * A namespace that a member had before serves as well: it is neither taken over nor ever deleted. On deletion the
 * content in the federation goes first, each object as the namespace itself: with its copies or without. Where copies are in
 * it of objects that the federation does not have, which were to stay or are of a time after a backup, it stays with them.
 */
export const namespaces: FederatedType<Namespace> = {
  resource,
  rank: ranks.foundation,
  stays: ({ metadata }) => isSystemNamespace(metadata.name) || metadata.name === 'default',
  toMember: ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }),
  equivalent: (desired, member) => hasAll(member.spec, desired.spec),
  acceptsForeign: true,
  isUsedByOthers: ({ metadata: { name = '' } }, view, signal) => view.holdsUnknown({ namespace: name }, signal),
  readyToDelete: ({ spec }) => (spec?.finalizers ?? []).length === 0,
};
