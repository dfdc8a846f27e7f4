import { isNotFound, type Resource } from '../../../src/apimachinery/index.ts';
import { customResourceDefinitions, type CustomResourceDefinition } from '../../../src/apis/index.ts';
import { labels } from '../../apis/index.ts';
import { ranks, type FederatedType, type MemberView } from '../federated-type.ts';
import { plain } from './plain.ts';

/**
 * What a member serves beside its built-in kinds. Custom resources follow once it does. A definition takes all objects
 * of its kind along; where some are not ours it stays, and is no longer ours either.
 */
export const definitions: FederatedType<CustomResourceDefinition> = plain(customResourceDefinitions, {
  rank: ranks.foundation,
  isUsedByOthers,
});

async function isUsedByOthers(
  { spec }: CustomResourceDefinition,
  view: MemberView,
  signal: AbortSignal,
): Promise<boolean> {
  const { group, names, scope, versions } = spec;
  const version = versions.find(({ served }) => served)?.name;
  if (version === undefined) return true;
  const resource: Resource = {
    group,
    version,
    kind: names.kind,
    plural: names.plural,
    namespaced: scope === 'Namespaced',
  };
  const labelSelector = `${labels.managedBy}!=${view.federationName}`;
  try {
    const foreign = await view.client.list(resource, { labelSelector, limit: 1, signal });
    return foreign.items.length > 0 || (await view.holdsUnknown({ resource }, signal));
  } catch (err) {
    // It is served no longer.
    if (isNotFound(err)) return false;
    throw err;
  }
}
