import type { Resource } from '../../src/apimachinery/index.ts';
import { forEachFederatedType } from '../sync/index.ts';

/** Every kind that is copied to members; custom resources come beside. */
export const federatedKinds: readonly Resource[] = collected();

function collected(): readonly Resource[] {
  const kinds: Resource[] = [];
  forEachFederatedType(({ resource }) => kinds.push(resource));
  return kinds;
}
