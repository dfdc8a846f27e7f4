import type { JobSpec, Pod, PodCondition } from '../../../src/apis/index.ts';

type Rules = NonNullable<JobSpec['podFailurePolicy']>['rules'];
type Rule = Rules[number];

/** What a failed pod means to its Job. */
export interface FailureMeaning {
  /** It counts towards the limits of tries. */
  readonly isCounted: boolean;
  /** Its index has failed, whatever the limits. */
  readonly failsIndex: boolean;
  /** Why the whole Job has failed, if it has. */
  readonly jobFailure?: string;
}

const COUNTED: FailureMeaning = { isCounted: true, failsIndex: false };

/** By the first rule that matches; a failure that none does is counted. */
export function failureMeaning(pod: Pod, rules: Rules = []): FailureMeaning {
  for (const [index, rule] of rules.entries()) {
    const match = matching(pod, rule);
    if (match === undefined) continue;
    if (rule.action !== 'FailJob')
      return { isCounted: rule.action !== 'Ignore', failsIndex: rule.action === 'FailIndex' };
    return { ...COUNTED, jobFailure: `${match} matching FailJob rule at index ${index}` };
  }
  return COUNTED;
}

/** Says what did match. */
function matching(pod: Pod, { onExitCodes, onPodConditions = [] }: Rule): string | undefined {
  const { namespace = '', name = '' } = pod.metadata;
  if (onExitCodes !== undefined) {
    const exit = exitOf(pod, onExitCodes);
    return exit && `Container ${exit.name} for pod ${namespace}/${name} failed with exit code ${exit.code}`;
  }
  const found = pod.status?.conditions?.find((condition) =>
    onPodConditions.some(({ type, status = 'True' }) => isCondition(condition, type, status)),
  );
  return found && `Pod ${namespace}/${name} has condition ${found.type}`;
}

const isCondition = (condition: PodCondition, type: string, status: string) =>
  condition.type === type && condition.status === status;

function exitOf(
  { status }: Pod,
  { containerName, operator, values }: NonNullable<Rule['onExitCodes']>,
): { readonly name: string; readonly code: number } | undefined {
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return statuses
    .filter(({ name }) => containerName === undefined || containerName === name)
    .map(({ name, state }) => ({ name, code: state?.terminated?.exitCode ?? 0 }))
    .find(({ code }) => code !== 0 && values.includes(code) === (operator === 'In'));
}
