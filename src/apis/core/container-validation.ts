import {
  dnsLabelProblems,
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, oneOf, requiredName, requiredOneOf, validPort } from '../field-rules.ts';
import { portNameProblems } from '../../apimachinery/index.ts';
import type { Container, ContainerPort, EnvVar, PodSpec, VolumeMount } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateProbe } from './probe-validation.ts';
import { validateResources } from './resource-validation.ts';

type SentContainer = Sent<Container>;

/** Init containers and containers: their names are unique among all, and there is at least one container. */
export function validateContainers(field: string, spec: Sent<PodSpec>): readonly FieldError[] {
  const { containers = [], initContainers = [], volumes = [] } = spec;
  const volumeNames = new Set(volumes.map(({ name = '' }) => name));
  const names = [...initContainers, ...containers].map(({ name = '' }) => name);
  const validate = (where: string, container: SentContainer, position: number) => [
    ...validateContainer(where, container, volumeNames),
    ...(container.name !== undefined && names.indexOf(container.name) < position
      ? [duplicate(`${where}.name`, container.name)]
      : []),
  ];
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...containers.flatMap((container, index) =>
      validate(`${field}.containers[${index}]`, container, initContainers.length + index),
    ),
    ...initContainers.flatMap((container, index) => [
      ...validate(`${field}.initContainers[${index}]`, container, index),
      ...validateInitContainer(`${field}.initContainers[${index}]`, container),
    ]),
    ...hostPortConflicts(field, containers),
  ];
}

function validateContainer(
  field: string,
  container: SentContainer,
  volumes: ReadonlySet<string>,
): readonly FieldError[] {
  return [
    ...requiredName(`${field}.name`, container.name, dnsLabelProblems),
    ...validateImage(`${field}.image`, container.image ?? ''),
    ...requiredOneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...requiredOneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...validatePorts(`${field}.ports`, container.ports ?? []),
    ...(container.env ?? []).flatMap((variable, index) => validateEnv(`${field}.env[${index}]`, variable)),
    ...validateMounts(`${field}.volumeMounts`, container.volumeMounts ?? [], volumes),
    ...validateProbe(`${field}.livenessProbe`, container.livenessProbe),
    ...validateProbe(`${field}.readinessProbe`, container.readinessProbe),
    ...validateProbe(`${field}.startupProbe`, container.startupProbe),
    ...onlyOneSuccess(field, container),
    ...validateResources(`${field}.resources`, container.resources),
  ];
}

function onlyOneSuccess(field: string, { livenessProbe, startupProbe }: SentContainer): readonly FieldError[] {
  return Object.entries({ livenessProbe, startupProbe }).flatMap(([name, probe]) => {
    const threshold = probe?.successThreshold ?? 1;
    return threshold === 1 ? [] : [invalidValue(`${field}.${name}.successThreshold`, threshold, 'must be 1')];
  });
}

/** What comes before the containers ends; only a sidecar lives on, and so can be probed. */
function validateInitContainer(field: string, container: SentContainer): readonly FieldError[] {
  const errors = [...oneOf(`${field}.restartPolicy`, container.restartPolicy, ['Always'])];
  if (container.restartPolicy === 'Always') return errors;
  for (const probe of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[probe] === undefined) continue;
    errors.push(forbiddenField(`${field}.${probe}`, 'may not be set for init containers without restartPolicy=Always'));
  }
  return errors;
}

function validateImage(field: string, image: string): readonly FieldError[] {
  if (image === '') return [required(field)];
  return image === image.trim() ? [] : [invalidValue(field, image, 'must not have leading or trailing whitespace')];
}

function validatePorts(field: string, ports: readonly Sent<ContainerPort>[]): readonly FieldError[] {
  const names = ports.map(({ name = '' }) => name);
  return ports.flatMap(({ name = '', containerPort, hostPort, protocol }, index) => {
    const where = `${field}[${index}]`;
    return [
      ...(name === '' ? [] : invalidBy(`${where}.name`, name, portNameProblems(name))),
      ...(name !== '' && names.indexOf(name) < index ? [duplicate(`${where}.name`, name)] : []),
      ...(containerPort === undefined || containerPort === 0
        ? [required(`${where}.containerPort`)]
        : validPort(`${where}.containerPort`, containerPort)),
      ...(hostPort === undefined || hostPort === 0 ? [] : validPort(`${where}.hostPort`, hostPort)),
      ...requiredOneOf(`${where}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ];
  });
}

function hostPortConflicts(field: string, containers: readonly SentContainer[]): readonly FieldError[] {
  const used = new Set<string>();
  return containers.flatMap(({ ports = [] }, container) =>
    ports.flatMap(({ hostPort = 0, hostIP = '', protocol = '' }, index) => {
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (hostPort === 0) return [];
      if (used.has(key)) return [duplicate(`${field}.containers[${container}].ports[${index}].hostPort`, key)];
      used.add(key);
      return [];
    }),
  );
}

function validateEnv(field: string, { name = '', value = '', valueFrom }: Sent<EnvVar>): readonly FieldError[] {
  const errors = name === '' ? [required(`${field}.name`)] : invalidBy(`${field}.name`, name, envNameProblems(name));
  if (valueFrom === undefined) return errors;
  const sources = Object.keys(valueFrom).length;
  if (sources === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    return [...errors, invalidValue(`${field}.valueFrom`, '', why)];
  }
  if (value !== '')
    return [...errors, invalidValue(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty')];
  return sources === 1
    ? errors
    : [...errors, invalidValue(`${field}.valueFrom`, '', 'may not have more than one field specified at a time')];
}

function envNameProblems(name: string): readonly string[] {
  if (/^[ -<>-~]+$/.test(name)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

function validateMounts(
  field: string,
  mounts: readonly Sent<VolumeMount>[],
  volumes: ReadonlySet<string>,
): readonly FieldError[] {
  const paths = mounts.map(({ mountPath = '' }) => mountPath);
  return mounts.flatMap(({ name = '', mountPath = '', subPath = '' }, index) => {
    const where = `${field}[${index}]`;
    return [
      ...(name === '' ? [required(`${where}.name`)] : []),
      ...(name !== '' && !volumes.has(name) ? [notFoundValue(`${where}.name`, name)] : []),
      ...(mountPath === '' ? [required(`${where}.mountPath`)] : []),
      ...(paths.indexOf(mountPath) < index ? [invalidValue(`${where}.mountPath`, mountPath, 'must be unique')] : []),
      ...(subPath.startsWith('/') ? [invalidValue(`${where}.subPath`, subPath, 'must be a relative path')] : []),
      ...(subPath.split('/').includes('..')
        ? [invalidValue(`${where}.subPath`, subPath, "must not contain '..'")]
        : []),
    ];
  });
}
