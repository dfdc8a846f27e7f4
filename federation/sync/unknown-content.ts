import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import { copiesOfKind } from '../cluster/index.ts';
import type { CopiesThere, MemberView } from './federated-type.ts';

export interface UnknownContentDeps {
  readonly federationName: string;
  /** What is copied to members. */
  readonly kinds: () => readonly Resource[];
  readonly knows: (cluster: string, resource: Resource, copy: KubeObject) => boolean;
}

const CONCURRENT = 32;

/** A member as who is about to delete something in it sees it: what is left of objects long gone, or of a time after a backup, shows. */
export function memberView(deps: UnknownContentDeps, cluster: string, client: Client): MemberView {
  return {
    client,
    federationName: deps.federationName,
    holdsUnknown: async (where, signal) => {
      const kinds = 'resource' in where ? [where.resource] : deps.kinds().filter(({ namespaced }) => namespaced);
      const looks = await mapConcurrent(
        kinds,
        CONCURRENT,
        (kind) => holdsUnknownOf(deps, { cluster, client, kind, where }, signal),
        signal,
      );
      return looks.some((look) => {
        if (look.status === 'rejected') throw look.reason;
        return look.value;
      });
    },
  };
}

interface Look {
  readonly cluster: string;
  readonly client: Client;
  readonly kind: Resource;
  readonly where: CopiesThere;
}

async function holdsUnknownOf(
  { federationName, knows }: UnknownContentDeps,
  { cluster, client, kind, where }: Look,
  signal: AbortSignal,
): Promise<boolean> {
  const within = 'namespace' in where ? { namespace: where.namespace } : {};
  for await (const copies of copiesOfKind({ member: client, federationName, resource: kind, ...within }, signal)) {
    const staying = copies.filter((copy) => copy.metadata.deletionTimestamp === undefined);
    if (staying.some((copy) => !knows(cluster, kind, copy))) return true;
  }
  return false;
}
