import {
  dnsSubdomainProblems,
  invalidValue,
  pathSegmentProblems,
  required,
  rfc1035LabelProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, UNKNOWN } from '../columns.ts';
import { broken, invalidBy, oneOf, PORTS } from '../field-rules.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import type { APIService, APIServiceReference, APIServiceSpec } from './wire-types.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;
const HTTPS = 443;

export const apiServices: ResourceDefinition<APIService> = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/kube-aggregator/pkg/apis/apiregistration/v1.APIService',
  subresources: [
    {
      type: 'status',
      name: 'status',
      validateUpdate: ({ status }) =>
        (status?.conditions ?? []).flatMap((condition, index) =>
          oneOf(`status.conditions[${index}].status`, condition.status, ['False', 'True', 'Unknown']),
        ),
    },
  ],
  strategy: {
    requireResourceVersion: true,
    defaults: (object) => {
      const { service } = object.spec ?? {};
      if (object.spec === undefined || service === undefined) return object;
      return { ...object, spec: { ...object.spec, service: { port: HTTPS, ...service } } };
    },
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validateName: pathSegmentProblems,
    validate,
  },
  columns: [
    nameColumn,
    {
      name: 'Service',
      type: 'string',
      description: 'Who serves it.',
      value: ({ spec }) =>
        spec?.service === undefined ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    },
    { name: 'Available', type: 'string', description: 'Whether it answers.', value: availableText },
    ageColumn,
  ],
};

function availableText({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (condition === undefined) return UNKNOWN;
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

function validate(object: APIService): readonly FieldError[] {
  const { spec = {} } = sent(object);
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec;
  const { name = '' } = object.metadata;
  const wanted = `${version}.${group}`;
  return [
    ...broken([
      name !== wanted,
      invalidValue('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`),
    ]),
    ...(group === ''
      ? broken([
          version !== 'v1',
          required('spec.group', 'only v1 may have an empty group and it better be legacy kube'),
        ])
      : invalidBy('spec.group', group, dnsSubdomainProblems(group))),
    ...invalidBy('spec.version', version, rfc1035LabelProblems(version)),
    ...priority('spec.groupPriorityMinimum', groupPriorityMinimum, MAX_GROUP_PRIORITY),
    ...priority('spec.versionPriority', versionPriority, MAX_VERSION_PRIORITY),
    ...(spec.service === undefined ? validateLocal(spec) : validateRemote(spec, spec.service)),
  ];
}

function priority(field: string, value: number, max: number): readonly FieldError[] {
  return value > 0 && value <= max ? [] : [invalidValue(field, value, `must be positive and less than ${max}`)];
}

function validateLocal({ caBundle = '', insecureSkipTLSVerify = false }: Sent<APIServiceSpec>): readonly FieldError[] {
  const size = `${Buffer.from(caBundle, 'base64').length} bytes`;
  const insecure = 'local APIServices may not have insecureSkipTLSVerify';
  return broken(
    [caBundle !== '', invalidValue('spec.caBundle', size, 'local APIServices may not have a caBundle')],
    [insecureSkipTLSVerify, invalidValue('spec.insecureSkipTLSVerify', true, insecure)],
  );
}

function validateRemote(
  { caBundle = '', insecureSkipTLSVerify = false }: Sent<APIServiceSpec>,
  { namespace = '', name = '', port = HTTPS }: Sent<APIServiceReference>,
): readonly FieldError[] {
  const [min, max] = PORTS;
  return broken(
    [namespace === '', required('spec.service.namespace')],
    [name === '', required('spec.service.name')],
    [
      port < min || port > max,
      invalidValue('spec.service.port', port, `port is not valid: must be between ${min} and ${max}, inclusive`),
    ],
    [
      insecureSkipTLSVerify && caBundle !== '',
      invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'),
    ],
  );
}
