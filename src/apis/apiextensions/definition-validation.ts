import {
  dnsSubdomainProblems,
  invalidValue,
  isConditionTrue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, immutable, requiredOneOf } from '../field-rules.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { validateConversion } from './conversion-validation.ts';
import { joinedLabelErrors, validateNames, validateRequiredNames } from './names-validation.ts';
import { validateVersion } from './version-validation.ts';

type Spec = Sent<CustomResourceDefinitionSpec>;
type Version = Sent<CustomResourceDefinitionVersion>;

/** What schemas mean is checked where custom resources are served. */
export function validateDefinition(definition: CustomResourceDefinition): readonly FieldError[] {
  const { spec = {} } = sent(definition);
  return [...validateName(definition, spec), ...validateSpec(spec)];
}

export function validateDefinitionUpdate(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): readonly FieldError[] {
  const { spec = {}, status } = sent(definition);
  const { spec: before = {} } = sent(old);
  const isEstablished = isConditionTrue(old.status?.conditions, 'Established');
  return [
    ...(isEstablished
      ? [
          ...immutable('spec.scope', spec.scope, before.scope),
          ...immutable('spec.names.kind', spec.names?.kind, before.names?.kind),
        ]
      : []),
    ...immutable('spec.group', spec.group, before.group),
    ...immutable('spec.names.plural', spec.names?.plural, before.names?.plural),
    ...validateStored(status?.storedVersions ?? [], spec.versions ?? []),
  ];
}

export function validateDefinitionStatus(definition: CustomResourceDefinition): readonly FieldError[] {
  const { spec = {}, status } = sent(definition);
  const stored = status?.storedVersions ?? [];
  const field = 'status.storedVersions';
  const storage = (spec.versions ?? []).find((version) => version.storage === true)?.name ?? '';
  return [
    ...validateNames('status.acceptedNames', status?.acceptedNames ?? {}),
    ...broken([stored.length === 0, invalidValue(field, stored, 'must have at least one stored version')]),
    ...validateStored(stored, spec.versions ?? []),
    ...broken([
      stored.length > 0 && !stored.includes(storage),
      invalidValue(field, stored, `must have the storage version ${storage}`),
    ]),
  ];
}

function validateStored(stored: readonly string[], versions: readonly Version[]): readonly FieldError[] {
  const known = versions.map(({ name }) => name);
  return stored.flatMap((version, index) => {
    if (known.includes(version)) return [];
    const why =
      `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a ` +
      `storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
    return [invalidValue(`status.storedVersions[${index}]`, version, why)];
  });
}

const APPROVAL = 'api-approved.kubernetes.io';

function validateName({ metadata }: CustomResourceDefinition, { names, group = '' }: Spec): readonly FieldError[] {
  const { name = '', annotations = {} } = metadata;
  const wanted = `${names?.plural ?? ''}.${group}`;
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
  const needsApproval = isProtected && (annotations[APPROVAL] ?? '') === '';
  const why = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return broken(
    [name !== '' && name !== wanted, invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')],
    [needsApproval, required(`metadata.annotations[${APPROVAL}]`, why)],
  );
}

function validateSpec(spec: Spec): readonly FieldError[] {
  const { group = '', names = {}, scope, versions = [], conversion = {}, preserveUnknownFields } = spec;
  return [
    ...validateGroup('spec.group', group),
    ...requiredOneOf('spec.scope', scope, ['Cluster', 'Namespaced']),
    ...broken([preserveUnknownFields === true, invalidValue('spec.preserveUnknownFields', true, 'must be false')]),
    ...validateVersions('spec.versions', versions),
    ...validateRequiredNames('spec.names', names),
    ...validateNames('spec.names', names),
    ...validateConversion('spec.conversion', conversion),
  ];
}

function validateGroup(field: string, group: string): readonly FieldError[] {
  if (group === '') return [required(field)];
  const problems = dnsSubdomainProblems(group);
  if (problems.length > 0) return [invalidValue(field, group, problems.join(','))];
  return group.includes('.') ? [] : [invalidValue(field, group, 'should be a domain with at least one dot')];
}

function validateVersions(field: string, versions: readonly Version[]): readonly FieldError[] {
  const names = versions.map(({ name = '' }) => name);
  const storage = versions.filter((version) => version.storage === true);
  return [
    ...names.flatMap((name, index) => joinedLabelErrors(`${field}[${index}].name`, name)),
    ...broken(
      [new Set(names).size < names.length, invalidValue(field, versions, 'must contain unique version names')],
      [storage.length !== 1, invalidValue(field, versions, 'must have exactly one version marked as storage version')],
    ),
    ...versions.flatMap((version, index) => validateVersion(`${field}[${index}]`, version)),
  ];
}
