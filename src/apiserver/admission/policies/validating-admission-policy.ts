import type { AdmissionPlugin, AdmissionRequest } from '../../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { checkReady } from '../matching/ready.ts';
import { namespaceReader } from '../matching/selectors.ts';
import { denial } from './denial.ts';
import { boundPolicies, type Invocation, type PolicyDeps } from './invocations.ts';
import { findParams, ParamError } from './params.ts';
import { noteFailure, PolicyAnnotations } from './policy-annotations.ts';
import type { ValidatingPolicy } from './shapes.ts';
import type { Objection, Verdict } from './validate.ts';

/** Evaluates ValidatingAdmissionPolicies by their bindings. The expression language is loaded with the first policy. */
export function validatingAdmissionPolicy(deps: PolicyDeps<ValidatingPolicy>): AdmissionPlugin {
  const sources = [deps.policies, deps.bindings];
  const bound = boundPolicies(deps);
  const judge = createJudge(deps);
  return {
    name: 'ValidatingAdmissionPolicy',
    connections: true,
    handles: (request) => !isExempt(request) && (!bound.isEmpty() || sources.some(({ synced }) => !synced)),
    async validate(request, signal) {
      checkReady(request, sources);
      const refusals: Refusal[] = [];
      const annotations = new PolicyAnnotations();
      for (const invocation of await bound.matching(request, signal)) {
        refusals.push(...(await judge(invocation, request, { annotations, signal })));
      }
      annotations.publish(request.annotate);
      const [first] = refusals;
      if (first !== undefined) throw denial(request, first.message, first.objection.reason);
    },
  };
}

interface Refusal {
  readonly message: string;
  readonly objection: Pick<Objection, 'reason'>;
}

interface Judging {
  readonly annotations: PolicyAnnotations;
  readonly signal: AbortSignal;
}

type Judge = (
  invocation: Invocation<ValidatingPolicy>,
  request: AdmissionRequest,
  judging: Judging,
) => Promise<readonly Refusal[]>;

function createJudge(deps: PolicyDeps<ValidatingPolicy>): Judge {
  const namespaceOf = namespaceReader(deps);
  const loaded = loader();
  return async (invocation, request, { annotations, signal }) => {
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
      for (const { key, value } of verdict.annotations) annotations.add(policy.metadata.name ?? '', key, value);
      refusals.push(...enforce(invocation, verdict, request));
    }
    return refusals;
  };

  function enforce(invocation: Invocation<ValidatingPolicy>, verdict: Verdict, request: AdmissionRequest) {
    const { objections, failedAnnotations } = verdict;
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
    if (actions.includes('Audit')) for (const objection of objections) noteFailure(invocation, objection, request);
    const unmade = failedAnnotations.map((objection) => refusal(invocation, objection));
    return actions.includes('Deny') ? [...refused, ...unmade] : unmade;
  }
}

function refusal(invocation: Invocation<ValidatingPolicy>, objection: Pick<Objection, 'message' | 'reason'>): Refusal {
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
