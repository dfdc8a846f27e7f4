import {
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  pathSegmentProblems,
  required,
  tooLong,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { broken, immutable, invalidBy, oneOf, requiredName } from '../field-rules.ts';
import type { IngressClass, IngressClassParametersReference } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

const MAX_CONTROLLER = 250;

export const ingressClasses: ResourceDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  schema: 'k8s.io/api/networking/v1.IngressClass',
  strategy: {
    defaults: (object) => {
      const { parameters } = object.spec ?? {};
      if (parameters === undefined) return object;
      return { ...object, spec: { ...object.spec, parameters: { scope: 'Cluster', ...parameters } } };
    },
    validate: (object) => {
      const { controller = '', parameters } = sent(object).spec ?? {};
      return [
        ...validateController('spec.controller', controller),
        ...(parameters === undefined ? [] : validateParameters('spec.parameters', parameters)),
      ];
    },
    validateUpdate: (object, old) => immutable('spec.controller', object.spec?.controller, old.spec?.controller),
  },
  columns: [
    nameColumn,
    {
      name: 'Controller',
      type: 'string',
      description: 'Who serves ingresses of the class.',
      value: ({ spec }) => spec?.controller ?? '',
    },
    {
      name: 'Parameters',
      type: 'string',
      description: 'Where the controller finds more.',
      value: ({ spec }) => parametersText(spec?.parameters),
    },
    ageColumn,
  ],
};

function parametersText(parameters: IngressClassParametersReference | undefined): string {
  if (parameters === undefined) return NONE;
  const { apiGroup, kind, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}

/** A path that begins with its owner's domain: `example.com/ingress`. */
function validateController(field: string, controller: string): readonly FieldError[] {
  if (controller === '') return [required(field)];
  const slash = controller.indexOf('/');
  const [host, path] = [controller.slice(0, Math.max(slash, 0)), controller.slice(slash + 1)];
  if (host === '' || path === '') {
    return [invalidValue(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const isPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path);
  return [
    ...broken([Buffer.byteLength(controller) > MAX_CONTROLLER, tooLong(field, MAX_CONTROLLER)]),
    ...invalidBy(field, host, dnsSubdomainProblems(host)),
    ...broken([!isPath, invalidValue(field, path, 'Invalid path: it holds characters that no HTTP path may hold')]),
  ];
}

function validateParameters(field: string, parameters: Sent<IngressClassParametersReference>): readonly FieldError[] {
  const { apiGroup, kind, name, scope, namespace } = parameters;
  return [
    ...(apiGroup === undefined ? [] : invalidBy(`${field}.apiGroup`, apiGroup, dnsSubdomainProblems(apiGroup))),
    ...requiredName(`${field}.kind`, kind, pathSegmentProblems),
    ...requiredName(`${field}.name`, name, pathSegmentProblems),
    ...(scope === undefined ? [required(`${field}.scope`)] : oneOf(`${field}.scope`, scope, ['Cluster', 'Namespace'])),
    ...broken(
      [
        scope === 'Namespace' && (namespace ?? '') === '',
        required(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'"),
      ],
      [
        scope === 'Cluster' && namespace !== undefined,
        forbiddenField(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'"),
      ],
    ),
  ];
}
