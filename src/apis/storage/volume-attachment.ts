import { dnsSubdomainProblems, forbiddenField, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { immutable, invalidBy, requiredName } from '../field-rules.ts';
import type { VolumeAttachment } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';

export const volumeAttachments: ResourceDefinition<VolumeAttachment> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  schema: 'k8s.io/api/storage/v1.VolumeAttachment',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    requireResourceVersion: true,
    prepareForCreate: (object) => ({ ...object, status: { attached: false } }),
    prepareForUpdate: withStatusOf,
    validate,
    validateUpdate: (object, old) => immutable('spec', object.spec, old.spec),
  },
  columns: [
    nameColumn,
    {
      name: 'Attacher',
      type: 'string',
      description: 'Who attaches it.',
      value: (object) => specOf(object).attacher ?? '',
    },
    {
      name: 'PV',
      type: 'string',
      description: 'The volume.',
      value: (object) => specOf(object).source?.persistentVolumeName ?? '',
    },
    { name: 'Node', type: 'string', description: 'Where to.', value: (object) => specOf(object).nodeName ?? '' },
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is.',
      value: ({ status }) => status?.attached ?? false,
    },
    ageColumn,
  ],
};

function specOf(object: VolumeAttachment): Sent<VolumeAttachment['spec']> {
  return sent(object).spec ?? {};
}

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validate(object: VolumeAttachment): readonly FieldError[] {
  const { attacher, source = {}, nodeName = '' } = specOf(object);
  const { persistentVolumeName, inlineVolumeSpec } = source;
  return [
    ...requiredName('spec.attacher', attacher, csiDriverNameProblems),
    ...(persistentVolumeName === undefined && inlineVolumeSpec === undefined
      ? [required('spec.source', ONE_SOURCE)]
      : []),
    ...(persistentVolumeName !== undefined && inlineVolumeSpec !== undefined
      ? [forbiddenField('spec.source', ONE_SOURCE)]
      : []),
    ...(persistentVolumeName === ''
      ? [required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')]
      : []),
    ...invalidBy('spec.nodeName', nodeName, dnsSubdomainProblems(nodeName)),
  ];
}
