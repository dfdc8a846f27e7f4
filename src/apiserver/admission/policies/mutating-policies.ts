import type { KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ReadChanged } from '../matching/changed-object.ts';
import { withObject, type Reinvocation } from '../matching/reinvocation.ts';
import { namespaceReader } from '../matching/selectors.ts';
import { denial } from './denial.ts';
import { boundPolicies, type Invocation, type PolicyDeps } from './invocations.ts';
import type { MergeConfiguration } from './mutate.ts';
import { findParams } from './params.ts';
import type { MutatingPolicy } from './shapes.ts';

export interface MutatingPolicyDeps extends PolicyDeps<MutatingPolicy> {
  readonly merge: MergeConfiguration;
  readonly readChanged: ReadChanged;
}

export interface MutatingPolicies {
  isEmpty(): boolean;
  mutate(request: AdmissionRequest, again: Reinvocation, signal: AbortSignal): Promise<KubeObject | undefined>;
}

/** Evaluates MutatingAdmissionPolicies one after the other; each sees what those before it made. */
export function mutatingPolicies(deps: MutatingPolicyDeps): MutatingPolicies {
  const bound = boundPolicies(deps);
  const apply = createApply(deps);
  return {
    isEmpty: () => bound.isEmpty(),
    async mutate(request, again, signal) {
      let current = request;
      for (const invocation of await bound.matching(request, signal)) {
        const { policy, binding } = invocation;
        const key = `${policy.metadata.name ?? ''}/${binding.metadata.name ?? ''}`;
        if (!again.wants(key, policy.spec?.reinvocationPolicy, current.object)) continue;
        const object = await apply(invocation, current, signal);
        if (object === undefined) continue;
        current = withObject(current, object);
        again.asked(key, object);
      }
      return current.object;
    },
  };
}

type Apply = (
  invocation: Invocation<MutatingPolicy>,
  request: AdmissionRequest,
  signal: AbortSignal,
) => Promise<KubeObject | undefined>;

/** A policy that fails and may leaves the object as it was. */
function createApply(deps: MutatingPolicyDeps): Apply {
  const applyStrictly = createStrictApply(deps);
  return async (invocation, request, signal) => {
    try {
      return await applyStrictly(invocation, request, signal);
    } catch (err) {
      signal.throwIfAborted();
      const { policy, binding } = invocation;
      if (policy.spec?.failurePolicy === 'Ignore') return request.object;
      const why = err instanceof Error ? err.message : String(err);
      const [name, bindingName] = [policy.metadata.name ?? '', binding.metadata.name ?? ''];
      throw denial(request, `policy '${name}' with binding '${bindingName}' denied request: ${why}`);
    }
  };
}

function createStrictApply(deps: MutatingPolicyDeps): Apply {
  const namespaceOf = namespaceReader(deps);
  const load = async () => {
    const [{ Mutator }, { bindingsOf }] = await Promise.all([
      import('./mutate.ts'),
      import('./bindings-of-request.ts'),
    ]);
    return { mutator: new Mutator(), bindingsOf };
  };
  let loading: ReturnType<typeof load> | undefined;
  return async ({ policy, binding, matched }, request, signal) => {
    const params = await findParams({ spec: policy.spec ?? {}, binding }, request, { ...deps, signal });
    const { mutator, bindingsOf } = await (loading ??= load());
    const { namespace = '' } = request;
    const namespaceObject = namespace === '' ? undefined : await namespaceOf(namespace, signal);
    let current = request;
    for (const each of params) {
      const bindings = await bindingsOf(current, matched, { authorizer: deps.authorizer, namespaceObject });
      const { merge, readChanged } = deps;
      const context = { params: each, matched, merge, readChanged, signal };
      const object = await mutator.mutate(policy, bindings, context);
      if (object !== undefined) current = withObject(current, await matched.restore(object));
    }
    return current.object;
  };
}
