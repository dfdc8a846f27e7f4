import { controllerOf, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { immutable, nonNegative } from '../field-rules.ts';
import type { ControllerRevision } from '../generated/wire-types.ts';

export const controllerRevisions: ResourceDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.ControllerRevision',
  strategy: { validate, validateUpdate: (object, old) => immutable('data', object.data, old.data) },
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Whose template it keeps.', value: controllerText },
    {
      name: 'Revision',
      type: 'string',
      description: 'Its place among the others.',
      value: ({ revision }: Partial<ControllerRevision>) => revision ?? 0,
    },
    ageColumn,
  ],
};

function validate({ data, revision }: Partial<ControllerRevision>): readonly FieldError[] {
  return [...(data === undefined ? [required('data', 'data is mandatory')] : []), ...nonNegative('revision', revision)];
}

function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (owner === undefined) return NONE;
  const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [];
  const kind = owner.kind.toLowerCase();
  return `${group === '' ? kind : `${kind}.${group}`}/${owner.name}`;
}
