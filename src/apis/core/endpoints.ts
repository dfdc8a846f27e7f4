import {
  allowingPrefix,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { invalidBy, requiredOneOf, validPort } from '../field-rules.ts';
import type { EndpointAddress, Endpoints, EndpointSubset } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validUnicastIp } from './ip-validation.ts';

export const endpoints: ResourceDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Endpoints',
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  strategy: { createOnUpdate: true, defaults, validate, validateName: allowingPrefix(dnsSubdomainProblems) },
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'Where the service is ready.', value: endpointsText },
    ageColumn,
  ],
};

function defaults(object: Endpoints): Endpoints {
  if (object.subsets === undefined) return object;
  return {
    ...object,
    subsets: object.subsets.map((subset) =>
      subset.ports === undefined
        ? subset
        : { ...subset, ports: subset.ports.map((port) => ({ protocol: 'TCP', ...port })) },
    ),
  };
}

function validate({ subsets = [] }: Endpoints): readonly FieldError[] {
  return subsets.flatMap((subset, index) => validateSubset(`subsets[${index}]`, subset));
}

function validateSubset(
  field: string,
  { addresses = [], notReadyAddresses = [], ports = [] }: Sent<EndpointSubset>,
): readonly FieldError[] {
  const isEmpty = addresses.length === 0 && notReadyAddresses.length === 0;
  const each = (name: string, list: typeof addresses) =>
    list.flatMap((address, index) => validateAddress(`${field}.${name}[${index}]`, address));
  return [
    ...(isEmpty ? [required(field, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...each('addresses', addresses),
    ...each('notReadyAddresses', notReadyAddresses),
    ...ports.flatMap(({ name = '', port, protocol, appProtocol }, index) => {
      const where = `${field}.ports[${index}]`;
      const unnamed = ports.length > 1 ? [required(`${where}.name`)] : [];
      return [
        ...(name === '' ? unnamed : invalidBy(`${where}.name`, name, dnsLabelProblems(name))),
        ...validPort(`${where}.port`, port),
        ...requiredOneOf(`${where}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
        ...(appProtocol === undefined
          ? []
          : invalidBy(`${where}.appProtocol`, appProtocol, labelKeyProblems(appProtocol))),
      ];
    }),
  ];
}

function validateAddress(field: string, { ip, hostname = '', nodeName }: Sent<EndpointAddress>): readonly FieldError[] {
  return [
    ...validUnicastIp(`${field}.ip`, ip, true),
    ...(hostname === '' ? [] : invalidBy(`${field}.hostname`, hostname, dnsLabelProblems(hostname))),
    ...(nodeName === undefined ? [] : invalidBy(`${field}.nodeName`, nodeName, dnsSubdomainProblems(nodeName))),
  ];
}

function endpointsText({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  if (all.length === 0) return NONE;
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}
