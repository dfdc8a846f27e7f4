import {
  allowingPrefix,
  dnsLabelProblems,
  invalidValue,
  labelKeyProblems,
  withLabel,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { Namespace } from '../generated/wire-types.ts';

const FINALIZER = 'kubernetes';

const STANDARD_FINALIZERS: readonly string[] = [FINALIZER, 'foregroundDeletion', 'orphan'];

function validateFinalizer(name: string, index: number): readonly FieldError[] {
  const field = `spec.finalizers[${index}]`;
  const problems = labelKeyProblems(name);
  if (problems.length > 0) return problems.map((problem) => invalidValue(field, name, problem));
  if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return [];
  return [invalidValue(field, name, 'name is neither a standard finalizer name nor is it fully qualified')];
}

export const namespaces: ResourceDefinition<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'k8s.io/api/core/v1.Namespace',
  verbs: ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'],
  subresources: [
    { type: 'status', name: 'status' },
    {
      type: 'update',
      name: 'finalize',
      verbs: ['update'],
      prepareForUpdate: (object, old) => ({ ...old, spec: { finalizers: object.spec?.finalizers ?? [] } }),
      validateUpdate: ({ spec }) => (spec?.finalizers ?? []).flatMap(validateFinalizer),
    },
  ],
  strategy: {
    defaults: (object) => {
      const { name = '' } = object.metadata;
      return name === '' ? object : withLabel(object, 'kubernetes.io/metadata.name', name);
    },
    prepareForCreate: ({ status: _status, ...object }) => {
      const sent = object.spec?.finalizers ?? [];
      const finalizers = sent.includes(FINALIZER) ? sent : [...sent, FINALIZER];
      return { ...object, spec: { ...object.spec, finalizers }, status: { phase: 'Active' } };
    },
    prepareForUpdate: (object, old) => ({ ...object, spec: old.spec ?? {}, status: old.status ?? {} }),
    validateName: allowingPrefix(dnsLabelProblems),
    finalizers: (object) => object.spec?.finalizers ?? [],
    prepareForDelete: (object) => ({ ...object, status: { ...object.status, phase: 'Terminating' } }),
  },
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Active, or Terminating while its content is being deleted.',
      value: (object) => object.status?.phase ?? '',
    },
    ageColumn,
  ],
  fieldSelectors: { 'status.phase': (object) => object.status?.phase ?? '' },
};
