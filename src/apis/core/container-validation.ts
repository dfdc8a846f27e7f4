import {
  dnsLabelProblems,
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  portNameProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, oneOf, requiredName, requiredOneOf, validPort } from '../field-rules.ts';
import type { Container, ContainerPort, PodSpec, Volume } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { validateLifecycle } from './lifecycle-validation.ts';
import { validateMounts, type VolumesByName } from './mount-validation.ts';
import { validateProbe } from './probe-validation.ts';
import { validateResources } from './resource-validation.ts';
import { validateContainerSecurity } from './security-context-validation.ts';

type SentContainer = Sent<Container>;

/** What of a pod its containers refer to. */
interface Surroundings {
  readonly volumes: VolumesByName;
  readonly claims: ReadonlySet<string>;
  readonly graceSeconds: number;
}

function surroundings({
  volumes = [],
  resourceClaims = [],
  terminationGracePeriodSeconds,
}: Sent<PodSpec>): Surroundings {
  return {
    volumes: new Map(volumes.map((volume: Sent<Volume>) => [volume.name ?? '', volume])),
    claims: new Set(resourceClaims.map(({ name = '' }) => name)),
    graceSeconds: terminationGracePeriodSeconds ?? 0,
  };
}

/** Init containers and containers: their names are unique among all, and there is at least one container. */
export function validateContainers(field: string, spec: Sent<PodSpec>): readonly FieldError[] {
  const { containers = [], initContainers = [] } = spec;
  const around = surroundings(spec);
  const names = [...initContainers, ...containers].map(({ name = '' }) => name);
  const validate = (where: string, container: SentContainer, position: number) => [
    ...validateContainer(where, container, around),
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

function validateContainer(field: string, container: SentContainer, around: Surroundings): readonly FieldError[] {
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
    ...(container.envFrom ?? []).flatMap((source, index) => validateEnvFrom(`${field}.envFrom[${index}]`, source)),
    ...validateMounts(field, container, around.volumes),
    ...(container.lifecycle === undefined
      ? []
      : validateLifecycle(`${field}.lifecycle`, container.lifecycle, around.graceSeconds)),
    ...validateProbe(`${field}.livenessProbe`, container.livenessProbe),
    ...validateProbe(`${field}.readinessProbe`, container.readinessProbe),
    ...validateProbe(`${field}.startupProbe`, container.startupProbe),
    ...onlyOneSuccess(field, container),
    ...validateResources(`${field}.resources`, container.resources),
    ...(container.resources?.claims ?? []).flatMap(({ name = '' }, index) =>
      around.claims.has(name) ? [] : [notFoundValue(`${field}.resources.claims[${index}].name`, name)],
    ),
    ...validateResizePolicies(`${field}.resizePolicy`, container.resizePolicy ?? []),
    ...validateContainerSecurity(`${field}.securityContext`, container.securityContext),
  ];
}

function validateResizePolicies(
  field: string,
  policies: NonNullable<SentContainer['resizePolicy']>,
): readonly FieldError[] {
  const names = policies.map(({ resourceName = '' }) => resourceName);
  return policies.flatMap(({ resourceName = '', restartPolicy }, index) => [
    ...(names.indexOf(resourceName) < index ? [duplicate(`${field}[${index}]`, resourceName)] : []),
    ...requiredOneOf(`${field}[${index}].resourceName`, resourceName, ['cpu', 'memory']),
    ...requiredOneOf(`${field}[${index}].restartPolicy`, restartPolicy, ['NotRequired', 'RestartContainer']),
  ]);
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

export function validateImage(field: string, image: string): readonly FieldError[] {
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
