import { isIP } from 'node:net';
import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { nameColumn } from '../columns.ts';
import { immutable } from '../field-rules.ts';
import type { IPAddress, ParentReference } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

/** An address that is taken; its name is the address. */
export const ipAddresses: ResourceDefinition<IPAddress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  schema: 'k8s.io/api/networking/v1.IPAddress',
  strategy: {
    validate,
    validateName: (name) => (isIP(name) === 0 ? ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] : []),
    validateUpdate: (object, old) => immutable('spec.parentRef', parentOf(object), parentOf(old)),
  },
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      type: 'string',
      description: 'Who has it.',
      value: (object) => {
        const { group = '', resource = '', namespace = '', name = '' } = parentOf(object);
        const kind = group === '' ? resource : `${resource}.${group}`;
        return [kind, namespace, name].filter((part) => part !== '').join('/');
      },
    },
  ],
};

/** It may be left out of what a client sends. */
function parentOf(address: Sent<IPAddress>): Sent<ParentReference> {
  return address.spec?.parentRef ?? {};
}

function validate(address: IPAddress): readonly FieldError[] {
  const { spec } = sent(address);
  if (spec?.parentRef === undefined) return [required('spec.parentRef')];
  const { resource = '', name = '' } = spec.parentRef;
  return [
    ...(resource === '' ? [required('spec.parentRef.resource')] : []),
    ...(name === '' ? [required('spec.parentRef.name')] : []),
    ...(/[/%]/.test(name) ? [invalidValue('spec.parentRef.name', name, "may not contain '/' or '%'")] : []),
  ];
}
