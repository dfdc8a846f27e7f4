import { forbiddenField, invalidValue, required, tooLong, type FieldError } from './field-error.ts';
import type { ObjectMeta, OwnerReference } from './meta.ts';
import {
  allowingPrefix,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
} from './name-validation.ts';

export interface ObjectMetaRules {
  readonly namespaced: boolean;
  /** DNS-1123 subdomain when absent. */
  readonly validateName?: ((name: string, prefix: boolean) => readonly string[]) | undefined;
}

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

export function validateObjectMeta(metadata: ObjectMeta, rules: ObjectMetaRules): readonly FieldError[] {
  return [
    ...validateNames(metadata, rules.validateName ?? allowingPrefix(dnsSubdomainProblems)),
    ...validateNamespace(metadata.namespace ?? '', rules.namespaced),
    ...validateLabels('metadata.labels', metadata.labels),
    ...validateAnnotations('metadata.annotations', metadata.annotations),
    ...validateOwnerReferences('metadata.ownerReferences', metadata.ownerReferences ?? []),
    ...validateFinalizers('metadata.finalizers', metadata.finalizers ?? []),
  ];
}

/** Changes of metadata that the Registry does not undo by itself. */
export function validateObjectMetaUpdate(metadata: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  if (old.deletionTimestamp === undefined) return [];
  const before = new Set(old.finalizers);
  const added = (metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer)).sort();
  if (added.length === 0) return [];
  const list = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbiddenField('metadata.finalizers', why)];
}

export function validateLabels(field: string, labels: ObjectMeta['labels']): readonly FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...labelKeyProblems(key).map((problem) => invalidValue(field, key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(field, value, problem)),
  ]);
}

export function validateAnnotations(field: string, annotations: ObjectMeta['annotations']): readonly FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const errors = entries.flatMap(([key]) =>
    labelKeyProblems(key.toLowerCase()).map((problem) => invalidValue(field, key, problem)),
  );
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return bytes > MAX_ANNOTATIONS_BYTES ? [...errors, tooLong(field, MAX_ANNOTATIONS_BYTES)] : errors;
}

function validateNames(
  { name = '', generateName = '' }: ObjectMeta,
  problemsOf: (name: string, prefix: boolean) => readonly string[],
): readonly FieldError[] {
  const ofPrefix = generateName === '' ? [] : problemsOf(generateName, true);
  const errors = ofPrefix.map((problem) => invalidValue('metadata.generateName', generateName, problem));
  if (name === '') return [...errors, required('metadata.name', 'name or generateName is required')];
  return [...errors, ...problemsOf(name, false).map((problem) => invalidValue('metadata.name', name, problem))];
}

function validateNamespace(namespace: string, namespaced: boolean): readonly FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace === '' ? [] : [forbiddenField(field, 'not allowed on this type')];
  if (namespace === '') return [required(field)];
  return dnsLabelProblems(namespace).map((problem) => invalidValue(field, namespace, problem));
}

function validateOwnerReferences(field: string, references: readonly OwnerReference[]): readonly FieldError[] {
  const errors = references.flatMap((reference) => validateOwnerReference(field, reference));
  const [first, second] = references.filter((reference) => reference.controller === true);
  if (first === undefined || second === undefined) return errors;
  const both = `${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${both}`;
  return [...errors, invalidValue(field, references, why)];
}

function validateOwnerReference(field: string, reference: OwnerReference): readonly FieldError[] {
  const errors: FieldError[] = [];
  const parts: Partial<OwnerReference> = reference;
  const apiVersion = parts.apiVersion ?? '';
  if (apiVersion === '' || apiVersion.endsWith('/')) {
    errors.push(invalidValue(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
  }
  for (const part of ['kind', 'name', 'uid'] as const) {
    if ((parts[part] ?? '') === '') errors.push(invalidValue(`${field}.${part}`, '', 'must not be empty'));
  }
  if (apiVersion === 'v1' && reference.kind === 'Event') {
    errors.push(invalidValue(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

function validateFinalizers(field: string, finalizers: readonly string[]): readonly FieldError[] {
  const errors = finalizers.flatMap((finalizer) =>
    labelKeyProblems(finalizer).map((problem) => invalidValue(field, finalizer, problem)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}
