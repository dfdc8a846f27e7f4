import { forbiddenField, invalidValue, portNameProblems, required, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy, nonNegative, oneOf, validPort } from '../field-rules.ts';
import type { Probe } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

export function validateProbe(field: string, probe: Sent<Probe> | undefined): readonly FieldError[] {
  if (probe === undefined) return [];
  const given = HANDLERS.filter((handler) => probe[handler] !== undefined);
  return [
    ...(given.length === 0 ? [required(field, 'must specify a handler type')] : []),
    ...given.slice(1).map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type')),
    ...validateHandler(field, probe),
    ...NUMBERS.flatMap((name) => nonNegative(`${field}.${name}`, probe[name])),
  ];
}

const HEADER_NAME = '[-A-Za-z0-9]+';

function validHeaderName(field: string, name: string): readonly FieldError[] {
  const why =
    "a valid HTTP header must consist of alphanumeric characters or '-' " +
    `(e.g. 'X-Header-Name', regex used for validation is '${HEADER_NAME}')`;
  return new RegExp(`^${HEADER_NAME}$`).test(name) ? [] : [invalidValue(field, name, why)];
}

/** Also of a lifecycle hook. */
export function validateHandler(
  field: string,
  { exec, httpGet, tcpSocket, grpc }: Pick<Sent<Probe>, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>,
): readonly FieldError[] {
  return [
    ...(exec !== undefined && (exec.command ?? []).length === 0 ? [required(`${field}.exec.command`)] : []),
    ...(httpGet === undefined
      ? []
      : [
          ...(httpGet.path === '' ? [required(`${field}.httpGet.path`)] : []),
          ...validateTarget(`${field}.httpGet.port`, httpGet.port),
          ...oneOf(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']),
          ...(httpGet.httpHeaders ?? []).flatMap(({ name = '' }) =>
            validHeaderName(`${field}.httpGet.httpHeaders`, name),
          ),
        ]),
    ...(tcpSocket === undefined ? [] : validateTarget(`${field}.tcpSocket.port`, tcpSocket.port)),
    ...(grpc === undefined ? [] : validPort(`${field}.grpc.port`, grpc.port)),
  ];
}

function validateTarget(field: string, port: number | string | undefined): readonly FieldError[] {
  return typeof port === 'string' ? invalidBy(field, port, portNameProblems(port)) : validPort(field, port);
}
