import type { AdmissionPlugin, AdmissionRequest } from '../../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { checkReady } from '../matching/ready.ts';
import { namespaceReader } from '../matching/selectors.ts';
import { denial } from './denial.ts';
import { boundPolicies, type Invocation, type PolicyDeps } from './invocations.ts';
import { findParams, ParamError } from './params.ts';
import type { ValidatingPolicy } from './shapes.ts';
import type { Objection, Verdict } from './validate.ts';

/** Evaluates ValidatingAdmissionPolicies by their bindings. The expression language is loaded with the first policy. */
export function validatingAdmissionPolicy(deps: PolicyDeps<ValidatingPolicy>): AdmissionPlugin {
  const sources = [deps.policies, deps.bindings];
  const bound = boundPolicies(deps);
  const judge = createJudge(deps);
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (request) => !isExempt(request) && (!bound.isEmpty() || sources.some(({ synced }) => !synced)),
    async validate(request, signal) {
      checkReady(request, sources);
      const refusals: Refusal[] = [];
      for (const invocation of await bound.matching(request, signal)) {
        refusals.push(...(await judge(invocation, request, signal)));
      }
      const [first] = refusals;
      if (first !== undefined) throw denial(request, first.message, first.objection.reason);
    },
  };
}

interface Refusal {
  readonly message: string;
  readonly objection: Objection;
}

type Judge = (
  invocation: Invocation<ValidatingPolicy>,
  request: AdmissionRequest,
  signal: AbortSignal,
) => Promise<readonly Refusal[]>;

function createJudge(deps: PolicyDeps<ValidatingPolicy>): Judge {
  const namespaceOf = namespaceReader(deps);
  const loaded = loader();
  return async (invocation, request, signal) => {
    const { policy, matched } = invocation;
    const params = await paramsOf(invocation, request, { ...deps, signal });
    if ('failure' in params) {
      return policy.spec?.failurePolicy === 'Ignore' ? [] : [refusal(invocation, { message: params.failure })];
    }
    const { validator, bindingsOf } = await loaded();
    const { namespace = '' } = request;
    const namespaceObject = namespace === '' ? undefined : await namespaceOf(namespace, signal);
    const bindings = await bindingsOf(request, matched, { authorizer: deps.authorizer, namespaceObject });
    const refusals: Refusal[] = [];
    for (const each of params.found) {
      const verdict = await validator.validate(policy, bindings, { params: each, signal });
      refusals.push(...enforce(invocation, verdict, request));
    }
    return refusals;
  };

  function enforce(invocation: Invocation<ValidatingPolicy>, { objections }: Verdict, request: AdmissionRequest) {
    const actions = invocation.binding.spec?.validationActions ?? [];
    const refused = objections.map((objection) => refusal(invocation, objection));
    if (actions.includes('Warn')) {
      const { policy, binding } = names(invocation);
      for (const { message } of objections) {
        request.warn(
          `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`,
        );
      }
    }
    return actions.includes('Deny') ? refused : [];
  }
}

function refusal(invocation: Invocation<ValidatingPolicy>, objection: Objection): Refusal {
  const { policy, binding } = names(invocation);
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${objection.message}`;
  return { message, objection };
}

function names({ policy, binding }: Invocation<ValidatingPolicy>) {
  return { policy: policy.metadata.name ?? '', binding: binding.metadata.name ?? '' };
}

async function paramsOf(
  { policy, binding }: Invocation<ValidatingPolicy>,
  request: AdmissionRequest,
  deps: Parameters<typeof findParams>[2],
) {
  try {
    return { found: await findParams({ spec: policy.spec ?? {}, binding }, request, deps) };
  } catch (err) {
    if (err instanceof ParamError) return { failure: err.message };
    throw err;
  }
}

function loader() {
  const load = async () => {
    const [{ Validator }, { bindingsOf }] = await Promise.all([
      import('./validate.ts'),
      import('./bindings-of-request.ts'),
    ]);
    return { validator: new Validator(), bindingsOf };
  };
  let loading: ReturnType<typeof load> | undefined;
  return () => (loading ??= load());
}
