import { deepEqual, forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { Container, Pod, PodSpec, Toleration } from '../generated/wire-types.ts';
import { nonNegative } from '../field-rules.ts';

const MAY_CHANGE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** A pod is what it is: almost nothing of it can be changed once it is there. */
export function validatePodUpdate({ spec: next }: Pod, { spec: old }: Pod): readonly FieldError[] {
  if (next === undefined || old === undefined) return [];
  const lists = containerListErrors(next, old);
  if (lists.length > 0) return lists;
  const errors = [
    ...imageErrors(next),
    ...deadlineErrors(next.activeDeadlineSeconds, old.activeDeadlineSeconds),
    ...tolerationErrors(next.tolerations ?? [], old.tolerations ?? []),
    ...gateErrors(next, old),
  ];
  const fixed = deepEqual(withMutableFieldsOf(next, old), old);
  return fixed
    ? errors
    : [...errors, forbiddenField('spec', `pod updates may not change fields other than ${MAY_CHANGE}`)];
}

const LISTS = ['containers', 'initContainers'] as const;

function containerListErrors(next: PodSpec, old: PodSpec): readonly FieldError[] {
  return LISTS.filter((list) => (next[list]?.length ?? 0) !== (old[list]?.length ?? 0)).map((list) =>
    forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers'),
  );
}

function imageErrors(spec: PodSpec): readonly FieldError[] {
  return LISTS.flatMap((list) =>
    (spec[list] ?? []).flatMap(({ image = '' }, index) =>
      image === '' ? [required(`spec.${list}[${index}].image`)] : [],
    ),
  );
}

function deadlineErrors(next: number | undefined, old: number | undefined): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    const why = 'must not update from a positive integer to nil value';
    return old === undefined ? [] : [invalidValue(field, null, why)];
  }
  const isLater = old !== undefined && next > old;
  return [
    ...nonNegative(field, next),
    ...(isLater ? [invalidValue(field, next, 'must be less than or equal to previous value')] : []),
  ];
}

/** What holds a pod back is taken away, one by one, and never comes back. */
function gateErrors(next: PodSpec, old: PodSpec): readonly FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (next.schedulingGates ?? [])
    .filter(({ name }) => !before.has(name))
    .map(({ name }) =>
      forbiddenField('spec.schedulingGates', `only deletion is allowed, but found new scheduling gate '${name}'`),
    );
}

function withMutableFieldsOf(next: PodSpec, old: PodSpec): PodSpec {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...others } = next;
  const fixed = isGated(old) ? withoutAdditions(others, old) : others;
  const { initContainers } = next;
  const isGraceReset = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...fixed,
    ...pick(old, ['activeDeadlineSeconds', 'tolerations']),
    ...pick(old, ['schedulingGates']),
    ...(isGraceReset ? pick(old, ['terminationGracePeriodSeconds']) : {}),
    containers: withImagesOf(next.containers, old.containers),
    ...(initContainers === undefined ? {} : { initContainers: withImagesOf(initContainers, old.initContainers ?? []) }),
  };
}

/** A pod that is held back may yet be told more closely where to go. */
function isGated({ schedulingGates = [] }: PodSpec): boolean {
  return schedulingGates.length > 0;
}

type Kept = Omit<PodSpec, 'activeDeadlineSeconds' | 'tolerations' | 'schedulingGates'>;

function withoutAdditions({ nodeSelector = {}, ...rest }: Kept, { nodeSelector: old }: PodSpec): Kept {
  const isKept = Object.entries(old ?? {}).every(([key, value]) => nodeSelector[key] === value);
  if (!isKept) return { ...rest, nodeSelector };
  return { ...rest, ...(old === undefined ? {} : { nodeSelector: old }) };
}

function withImagesOf(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => {
    const image = old[index]?.image;
    return image === undefined || container.image === undefined ? container : { ...container, image };
  });
}

function tolerationErrors(next: readonly Toleration[], old: readonly Toleration[]): readonly FieldError[] {
  const isKept = (toleration: Toleration) =>
    next.some((candidate) => deepEqual(withoutSeconds(candidate), withoutSeconds(toleration)));
  if (old.every(isKept)) return [];
  return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function withoutSeconds({ tolerationSeconds: _seconds, ...toleration }: Toleration): Toleration {
  return toleration;
}

function pick(spec: PodSpec, fields: readonly (keyof PodSpec)[]): Partial<PodSpec> {
  return Object.fromEntries(fields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]));
}
