import {
  deepEqual,
  dnsLabelProblems,
  duplicate,
  forbiddenField,
  notFoundValue,
  type FieldError,
} from '../../apimachinery/index.ts';
import { requiredName } from '../field-rules.ts';
import type { EphemeralContainer, Pod, PodSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateImage } from './container-validation.ts';

const FORBIDDEN = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
] as const;

const FIELD = 'spec.ephemeralContainers';

export function validateEphemeralContainers(spec: Sent<PodSpec>): readonly FieldError[] {
  const { ephemeralContainers = [], containers = [], initContainers = [] } = spec;
  const others = [...initContainers, ...containers].map(({ name = '' }) => name);
  const names = [...others, ...ephemeralContainers.map(({ name = '' }) => name)];
  return ephemeralContainers.flatMap((container, index) => {
    const field = `${FIELD}[${index}]`;
    const { name, image = '', targetContainerName = '' } = container;
    const isTaken = name !== undefined && names.indexOf(name) < others.length + index;
    return [
      ...requiredName(`${field}.name`, name, dnsLabelProblems),
      ...(isTaken ? [duplicate(`${field}.name`, name)] : []),
      ...validateImage(`${field}.image`, image),
      ...(targetContainerName !== '' && !others.includes(targetContainerName)
        ? [notFoundValue(`${field}.targetContainerName`, targetContainerName)]
        : []),
      ...unfitting(field, container),
    ];
  });
}

function unfitting(field: string, container: Sent<EphemeralContainer>): readonly FieldError[] {
  const why = 'cannot be set for an Ephemeral Container';
  const { limits, requests } = container.resources ?? {};
  const hasResources = limits !== undefined || requests !== undefined;
  return [
    ...FORBIDDEN.filter((name) => container[name] !== undefined).map((name) => forbiddenField(`${field}.${name}`, why)),
    ...(hasResources ? [forbiddenField(`${field}.resources`, why)] : []),
  ];
}

/** Such a container once added stays as it is for as long as the pod lives. */
export function validateEphemeralContainersUpdate({ spec }: Pod, { spec: old }: Pod): readonly FieldError[] {
  const next = spec?.ephemeralContainers ?? [];
  return (old?.ephemeralContainers ?? []).flatMap((before) => {
    const after = next.find(({ name }) => name === before.name);
    if (deepEqual(after, before)) return [];
    const verb = after === undefined ? 'removed' : 'changed';
    return [forbiddenField(FIELD, `existing ephemeral containers ${JSON.stringify(before.name)} may not be ${verb}`)];
  });
}
