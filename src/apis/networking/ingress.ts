import {
  dnsSubdomainProblems,
  invalidValue,
  portNameProblems,
  required,
  rfc1035LabelProblems,
  wildcardSubdomainProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, firstThree, nameColumn, NONE } from '../columns.ts';
import { invalidBy, oneOf, requiredName, validPort } from '../field-rules.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';

export const ingresses: ResourceDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'k8s.io/api/networking/v1.Ingress',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: { prepareForCreate: withoutStatus, prepareForUpdate: withStatusOf, validate },
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'Who serves it.',
      value: ({ spec }) => spec?.ingressClassName ?? NONE,
    },
    { name: 'Hosts', type: 'string', description: 'Names it answers to.', value: hostsText },
    { name: 'Address', type: 'string', description: 'Where it is reached.', value: addressText },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports it listens on.',
      value: ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80'),
    },
    ageColumn,
  ],
};

function validate({ spec = {} }: Ingress): readonly FieldError[] {
  const { rules = [], defaultBackend } = spec;
  const isEmpty = rules.length === 0 && defaultBackend === undefined;
  return [
    ...(isEmpty ? [invalidValue('spec', spec, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend === undefined ? [] : validateBackend('spec.defaultBackend', defaultBackend)),
    ...rules.flatMap((rule, index) => validateRule(`spec.rules[${index}]`, rule)),
  ];
}

function validateRule(field: string, { host = '', http }: Sent<IngressRule>): readonly FieldError[] {
  const problemsOf = host.includes('*') ? wildcardSubdomainProblems : dnsSubdomainProblems;
  const paths = http?.paths ?? [];
  return [
    ...(host === '' ? [] : invalidBy(`${field}.host`, host, problemsOf(host))),
    ...(http !== undefined && paths.length === 0 ? [required(`${field}.http.paths`)] : []),
    ...paths.flatMap((path, index) => validatePath(`${field}.http.paths[${index}]`, path)),
  ];
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

function validatePath(
  field: string,
  { path = '', pathType, backend = {} }: Sent<HTTPIngressPath>,
): readonly FieldError[] {
  const mustBeAbsolute = pathType === 'Exact' || pathType === 'Prefix' || path !== '';
  return [
    ...(pathType === undefined
      ? [required(`${field}.pathType`, 'pathType must be specified')]
      : oneOf(`${field}.pathType`, pathType, PATH_TYPES)),
    ...(mustBeAbsolute && !path.startsWith('/')
      ? [invalidValue(`${field}.path`, path, 'must be an absolute path')]
      : []),
    ...validateBackend(`${field}.backend`, backend),
  ];
}

function validateBackend(field: string, { service, resource }: Sent<IngressBackend>): readonly FieldError[] {
  if (service === undefined) return resource === undefined ? [required(field)] : [];
  if (resource !== undefined) return [invalidValue(field, '', 'cannot set both resource and service backends')];
  const { name = '', number = 0 } = service.port ?? {};
  const where = `${field}.service.port`;
  const ofPort =
    name === ''
      ? number === 0
        ? [required(where, 'port name or number is required')]
        : validPort(`${where}.number`, number)
      : invalidBy(`${where}.name`, name, portNameProblems(name));
  return [...requiredName(`${field}.service.name`, service.name, rfc1035LabelProblems), ...ofPort];
}

function hostsText({ spec }: Ingress): string {
  const hosts = (spec?.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== '');
  return firstThree(hosts, '*');
}

function addressText({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  return [...new Set(addresses)]
    .filter((address) => address !== '')
    .sort()
    .join(',');
}
