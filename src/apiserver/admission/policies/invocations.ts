import type { KubeObject } from '../../../apimachinery/index.ts';
import type { Client } from '../../../client/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import type { Authorizer } from '../../security.ts';
import { byName, derived } from '../matching/derived.ts';
import type { Equivalent } from '../matching/equivalents.ts';
import { namespaceReader } from '../matching/selectors.ts';
import { matchResources } from './policy-matching.ts';
import type { PolicyBinding, PolicySpec } from './shapes.ts';
import type { Source } from '../matching/source.ts';

export interface Policy extends KubeObject {
  readonly spec?: PolicySpec;
}

export interface PolicyDeps<P extends Policy> {
  readonly policies: Source<P>;
  readonly bindings: Source<PolicyBinding>;
  readonly namespaces: Pick<Source<KubeObject>['lister'], 'get'>;
  /** A client of the very server that this is part of. */
  readonly own: Client;
  readonly authorizer: Authorizer;
  /** Everything that the server serves. */
  readonly served: () => readonly ResourceDefinition[];
}

/** A policy with one of its bindings, for a request that both are about. */
export interface Invocation<P extends Policy> {
  readonly policy: P;
  readonly binding: PolicyBinding;
  /** As what the request is shown. */
  readonly matched: Equivalent;
}

export interface BoundPolicies<P extends Policy> {
  /** Cheap: asked with every write. */
  isEmpty(): boolean;
  /** In the order of the policies' names. */
  matching(request: AdmissionRequest, signal: AbortSignal): Promise<readonly Invocation<P>[]>;
}

export function boundPolicies<P extends Policy>(deps: PolicyDeps<P>): BoundPolicies<P> {
  const policies = derived(deps.policies, (objects) => objects.toSorted(byName));
  const bindings = derived(deps.bindings, (objects) =>
    Map.groupBy(objects.toSorted(byName), ({ spec }) => spec?.policyName ?? ''),
  );
  const namespaceOf = namespaceReader(deps);
  return {
    isEmpty: () => policies().length === 0 || bindings().size === 0,
    async matching(request, signal) {
      const found: Invocation<P>[] = [];
      const matching = { namespaceOf, served: deps.served, signal };
      for (const policy of policies()) {
        const own = bindings().get(policy.metadata.name ?? '') ?? [];
        const matched = own.length === 0 ? undefined : await matchResources(constraintsOf(policy), request, matching);
        if (matched === undefined) continue;
        for (const binding of own) {
          const narrowed = await matchResources(binding.spec?.matchResources ?? {}, request, matching);
          if (narrowed !== undefined) found.push({ policy, binding, matched });
        }
      }
      return found;
    },
  };
}

function constraintsOf({ spec }: Policy) {
  return spec?.matchConstraints ?? { excludeResourceRules: [ANYTHING] };
}

/** A policy without constraints, which validation does not let in, is about nothing. */
const ANYTHING = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
