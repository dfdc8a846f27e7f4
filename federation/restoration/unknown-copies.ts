import { keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import { annotations as names } from '../apis/index.ts';
import { copiesOfKind } from '../cluster/index.ts';

export interface UnknownCopiesDeps {
  readonly member: Client;
  readonly federationName: string;
  /** What is copied to members. */
  readonly kinds: readonly Resource[];
  readonly knows: (resource: Resource, copy: KubeObject) => boolean;
}

export interface UnknownCopy {
  readonly resource: Resource;
  readonly copy: KubeObject;
}

const CONCURRENT = 4;

/** Copies in a member whose objects the federation does not have. */
export async function unknownCopies(deps: UnknownCopiesDeps, signal: AbortSignal): Promise<readonly UnknownCopy[]> {
  const found = await mapConcurrent(deps.kinds, CONCURRENT, (kind) => unknownOf(deps, kind, signal), signal);
  return found.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function unknownOf(
  { member, federationName, knows }: UnknownCopiesDeps,
  resource: Resource,
  signal: AbortSignal,
): Promise<readonly UnknownCopy[]> {
  const unknown: UnknownCopy[] = [];
  for await (const copies of copiesOfKind({ member, federationName, resource }, signal)) {
    const strangers = copies.filter((copy) => !knows(resource, copy));
    unknown.push(...strangers.map((copy) => ({ resource, copy: essentialsOf(copy) })));
  }
  return unknown;
}

/** As in `deployment "shop/web"`. */
export function nameOf({ resource, copy }: UnknownCopy): string {
  return `${resource.kind.toLowerCase()} ${JSON.stringify(keyOf(copy))}`;
}

/** Nothing of what is in it, which may be large. */
function essentialsOf({
  apiVersion,
  kind,
  metadata: { name = '', namespace, annotations = {} },
}: KubeObject): KubeObject {
  const origin = annotations[names.federatedUid] ?? '';
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: { [names.federatedUid]: origin },
    },
  };
}
