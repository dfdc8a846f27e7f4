import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { PORTS } from '../field-rules.ts';
import type { ServiceReference, WebhookClientConfig } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const FORM = '; desired format: https://host[/path]';

/** Where a webhook is: at a URL or behind a Service. */
export function validateWebhookClient(field: string, client: Sent<WebhookClientConfig>): readonly FieldError[] {
  const { url, service } = client;
  if ((url === undefined) === (service === undefined)) {
    return [required(field, 'exactly one of url or service is required')];
  }
  if (url !== undefined) return validateUrl(`${field}.url`, url);
  return service === undefined ? [] : validateService(`${field}.service`, service);
}

export function serviceReferenceDefaults<T extends Sent<WebhookClientConfig>>(client: T): T {
  return client.service === undefined ? client : { ...client, service: { port: 443, ...client.service } };
}

function validateUrl(field: string, text: string): readonly FieldError[] {
  if (!URL.canParse(text)) return [required(field, `url must be a valid URL: ${JSON.stringify(text)}${FORM}`)];
  const { protocol, host, username, hash, search } = new URL(text);
  const scheme = protocol.slice(0, -1);
  const rules: readonly (readonly [boolean, FieldError])[] = [
    [scheme !== 'https', invalidValue(field, scheme, `'https' is the only allowed URL scheme${FORM}`)],
    [host === '', invalidValue(field, host, `host must be specified${FORM}`)],
    [username !== '', invalidValue(field, username, 'user information is not permitted in the URL')],
    [hash !== '', invalidValue(field, hash.slice(1), 'fragments are not permitted in the URL')],
    [search !== '', invalidValue(field, search.slice(1), 'query parameters are not permitted in the URL')],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, error]) => error);
}

function validateService(field: string, service: Sent<ServiceReference>): readonly FieldError[] {
  const { name = '', namespace = '', port = 443, path } = service;
  const [min, max] = PORTS;
  return [
    ...(name === '' ? [required(`${field}.name`, 'service name is required')] : []),
    ...(namespace === '' ? [required(`${field}.namespace`, 'service namespace is required')] : []),
    ...(port < min || port > max
      ? [invalidValue(`${field}.port`, port, `port is not valid: must be between ${min} and ${max}, inclusive`)]
      : []),
    ...(path === undefined ? [] : validatePath(`${field}.path`, path)),
  ];
}

function validatePath(field: string, path: string): readonly FieldError[] {
  if (path === '' || path === '/') return [];
  if (path === '//') return [invalidValue(field, path, 'segment[0] may not be empty')];
  const relative = path.replace(/^\//, '').replace(/\/$/, '');
  return [
    ...(path.startsWith('/') ? [] : [invalidValue(field, path, "must start with a '/'")]),
    ...relative.split('/').flatMap((segment, index) => {
      if (segment === '') return [invalidValue(field, path, `segment[${index}] may not be empty`)];
      return dnsSubdomainProblems(segment).map((problem) => invalidValue(field, path, `segment[${index}]: ${problem}`));
    }),
  ];
}

/** A name that its owner's domain makes unique: at least three segments. */
export function validateQualifiedDomain(field: string, name: string): readonly FieldError[] {
  if (name === '') return [required(field)];
  const problems = dnsSubdomainProblems(name);
  if (problems.length > 0) return [invalidValue(field, name, problems.join(','))];
  const labels = name.split('.');
  if (labels.length < 3) {
    return [invalidValue(field, name, 'should be a domain with at least three segments separated by dots')];
  }
  return labels.flatMap((label) => {
    const found = dnsLabelProblems(label);
    return found.length === 0 ? [] : [invalidValue(field, label, found.join(','))];
  });
}
