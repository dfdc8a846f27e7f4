import type { AdmissionRequest } from '../../admission.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { matchingResource, unconverted, type Equivalent } from '../matching/equivalents.ts';
import { matchesNamespace, matchesObject, type NamespaceReader } from '../matching/selectors.ts';
import type { MatchResources } from './shapes.ts';

export interface MatchingDeps {
  readonly namespaceOf: NamespaceReader;
  readonly served: () => readonly ResourceDefinition[];
}

/** As what a request is to be shown to who asked for these resources; `undefined` when it was not asked for. */
export async function matchResources(
  match: MatchResources,
  request: AdmissionRequest,
  { namespaceOf, served, signal }: MatchingDeps & { readonly signal: AbortSignal },
): Promise<Equivalent | undefined> {
  const { matchPolicy, resourceRules = [], excludeResourceRules = [] } = match;
  if (!matchesObject(match.objectSelector, request)) return undefined;
  if (matchingResource({ rules: excludeResourceRules, matchPolicy }, request, served) !== undefined) return undefined;
  const matched =
    resourceRules.length === 0
      ? unconverted(request)
      : matchingResource({ rules: resourceRules, matchPolicy }, request, served);
  if (matched === undefined) return undefined;
  const isInNamespace = await matchesNamespace(match.namespaceSelector, request, { read: namespaceOf, signal });
  return isInNamespace ? matched : undefined;
}
