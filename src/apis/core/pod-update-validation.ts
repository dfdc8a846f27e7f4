import { deepEqual, forbiddenField, type FieldError } from '../../apimachinery/index.ts';
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
  const errors = [
    ...nonNegative('spec.activeDeadlineSeconds', next.activeDeadlineSeconds),
    ...tolerationErrors(next.tolerations ?? [], old.tolerations ?? []),
  ];
  const fixed = deepEqual(withMutableFieldsOf(next, old), old);
  return fixed
    ? errors
    : [...errors, forbiddenField('spec', `pod updates may not change fields other than ${MAY_CHANGE}`)];
}

function withMutableFieldsOf(next: PodSpec, old: PodSpec): PodSpec {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...fixed } = next;
  const { initContainers } = next;
  const isGraceReset = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...fixed,
    ...pick(old, ['activeDeadlineSeconds', 'tolerations']),
    ...(gatesOnlyRemoved(next, old) ? pick(old, ['schedulingGates']) : pick(next, ['schedulingGates'])),
    ...(isGraceReset ? pick(old, ['terminationGracePeriodSeconds']) : {}),
    containers: withImagesOf(next.containers, old.containers),
    ...(initContainers === undefined ? {} : { initContainers: withImagesOf(initContainers, old.initContainers ?? []) }),
  };
}

function gatesOnlyRemoved(next: PodSpec, old: PodSpec): boolean {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (next.schedulingGates ?? []).every(({ name }) => before.has(name));
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
