import { isConditionTrue, type Resource } from '../../src/apimachinery/index.ts';
import { customResourceDefinitions, type CustomResourceDefinition } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { federatedKinds } from './federated-kinds.ts';

/** What this federation copies to members now. */
export async function wantedKinds(federation: Client, signal: AbortSignal): Promise<readonly Resource[]> {
  return [...federatedKinds, ...(await customKinds(federation, signal))];
}

/** The custom resources of the definitions that this federation serves are copied too. */
export async function customKinds(federation: Client, signal: AbortSignal): Promise<readonly Resource[]> {
  const { items } = await federation.list(customResourceDefinitions, { signal });
  return items.filter(({ status }) => isConditionTrue(status?.conditions, 'Established')).map(resourceOf);
}

/** In the version that is stored, which is served unless somebody is about to give it up. */
function resourceOf({ spec }: CustomResourceDefinition): Resource {
  const { group, names, scope, versions } = spec;
  const version = versions.find(({ storage, served }) => storage && served) ?? versions.find(({ served }) => served);
  const { kind, plural } = names;
  return { group, version: version?.name ?? '', kind, plural, namespaced: scope === 'Namespaced' };
}
