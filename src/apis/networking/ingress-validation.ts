import { isIP } from 'node:net';
import {
  dnsSubdomainProblems,
  invalidValue,
  pathSegmentProblems,
  portNameProblems,
  required,
  rfc1035LabelProblems,
  wildcardSubdomainProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, invalidBy, oneOf, requiredName, validPort } from '../field-rules.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressTLS,
  TypedLocalObjectReference,
} from '../generated/wire-types.ts';

/** `old` is absent for a new one: only then the class may not be told twice. */
export function validateIngress({ metadata, spec = {} }: Ingress, old?: Ingress): readonly FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName: ofClass } = spec;
  const isEmpty = rules.length === 0 && defaultBackend === undefined;
  return [
    ...broken([isEmpty, invalidValue('spec', null, 'either `defaultBackend` or `rules` must be specified')]),
    ...(defaultBackend === undefined ? [] : validateBackend('spec.defaultBackend', defaultBackend)),
    ...rules.flatMap((rule, index) => validateRule(`spec.rules[${index}]`, rule)),
    ...tls.flatMap((entry, index) => validateTls(`spec.tls[${index}]`, entry)),
    ...(ofClass === undefined ? [] : invalidBy('spec.ingressClassName', ofClass, dnsSubdomainProblems(ofClass))),
    ...(old === undefined && ofClass !== undefined ? classAnnotated(metadata.annotations) : []),
  ];
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

function classAnnotated(annotations: Readonly<Record<string, string>> = {}): readonly FieldError[] {
  const named = annotations[CLASS_ANNOTATION];
  if (named === undefined) return [];
  return [invalidValue(`annotations.${CLASS_ANNOTATION}`, named, 'can not be set when the class field is also set')];
}

function validateRule(field: string, { host = '', http }: IngressRule): readonly FieldError[] {
  const paths = http?.paths ?? [];
  return [
    ...broken([isIP(host) !== 0, invalidValue(`${field}.host`, host, 'must be a DNS name, not an IP address')]),
    ...(host === '' ? [] : validateHost(`${field}.host`, host)),
    ...broken([http !== undefined && paths.length === 0, required(`${field}.http.paths`)]),
    ...paths.flatMap((path, index) => validatePath(`${field}.http.paths[${index}]`, path)),
  ];
}

function validateHost(field: string, host: string): readonly FieldError[] {
  return invalidBy(field, host, host.includes('*') ? wildcardSubdomainProblems(host) : dnsSubdomainProblems(host));
}

function validateTls(field: string, { hosts = [], secretName = '' }: IngressTLS): readonly FieldError[] {
  return [
    ...hosts.flatMap((host, index) => validateHost(`${field}.hosts[${index}]`, host)),
    ...(secretName === '' ? [] : invalidBy(`${field}.secretName`, secretName, dnsSubdomainProblems(secretName))),
  ];
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const MATCHED_PATHS = ['Exact', 'Prefix'];

function validatePath(field: string, { path = '', pathType, backend }: HTTPIngressPath): readonly FieldError[] {
  if (pathType === undefined) return [required(`${field}.pathType`, 'pathType must be specified')];
  const isMatched = MATCHED_PATHS.includes(pathType);
  const isKnown = PATH_TYPES.includes(pathType);
  return [
    ...oneOf(`${field}.pathType`, pathType, PATH_TYPES),
    ...broken([
      (isMatched || (isKnown && path !== '')) && !path.startsWith('/'),
      invalidValue(`${field}.path`, path, 'must be an absolute path'),
    ]),
    ...(isMatched ? validateMatchedPath(`${field}.path`, path) : []),
    ...validateBackend(`${field}.backend`, backend),
  ];
}

function validateMatchedPath(field: string, path: string): readonly FieldError[] {
  const sequences = ['//', '/./', '/../', '%2f', '%2F'].filter((sequence) => path.includes(sequence));
  const endings = ['/..', '/.'].filter((ending) => path.endsWith(ending));
  return [
    ...sequences.map((sequence) => invalidValue(field, path, `must not contain '${sequence}'`)),
    ...endings.map((ending) => invalidValue(field, path, `cannot end with '${ending}'`)),
  ];
}

function validateBackend(field: string, { service, resource }: IngressBackend): readonly FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalidValue(field, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return validateResource(`${field}.resource`, resource);
  if (service === undefined) return [invalidValue(field, '', 'resource or service backend is required')];
  return [
    ...requiredName(`${field}.service.name`, service.name, rfc1035LabelProblems),
    ...validateServicePort(field, service),
  ];
}

function validateResource(field: string, { apiGroup, kind, name }: TypedLocalObjectReference): readonly FieldError[] {
  const named = (part: string, value: string) =>
    value === ''
      ? [required(`${field}.${part}`, `${part} is required`)]
      : invalidBy(`${field}.${part}`, value, pathSegmentProblems(value));
  return [
    ...(apiGroup === undefined ? [] : invalidBy(`${field}.apiGroup`, apiGroup, dnsSubdomainProblems(apiGroup))),
    ...named('kind', kind),
    ...named('name', name),
  ];
}

function validateServicePort(field: string, { port = {} }: IngressServiceBackend): readonly FieldError[] {
  const { name = '', number = 0 } = port;
  if (name !== '' && number !== 0) return [invalidValue(field, '', 'cannot set both port name & port number')];
  if (name !== '') return invalidBy(`${field}.service.port.name`, name, portNameProblems(name));
  if (number !== 0) return validPort(`${field}.service.port.number`, number);
  return [required(field, 'port name or number is required')];
}
