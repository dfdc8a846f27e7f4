import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  required,
  tooMany,
  type FieldError,
} from '../../apimachinery/index.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { invalidBy, oneOf, requiredName } from '../field-rules.ts';
import type {
  DeviceClaim,
  DeviceClaimConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  ExactDeviceRequest,
} from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const MAX_ITEMS = 32;
const MAX_ALTERNATIVES = 8;

export function validateDeviceClaim(field: string, claim: Sent<DeviceClaim>): readonly FieldError[] {
  const { requests = [], constraints = [], config = [] } = claim;
  const names = requests.map(({ name = '' }) => name);
  const known = new Set([
    ...names,
    ...requests.flatMap(({ name = '', firstAvailable = [] }) =>
      firstAvailable.map((alternative) => `${name}/${alternative.name ?? ''}`),
    ),
  ]);
  return [
    ...notTooMany(`${field}.requests`, requests),
    ...requests.flatMap((request, index) => [
      ...validateRequest(`${field}.requests[${index}]`, request),
      ...(names.indexOf(request.name ?? '') < index
        ? [duplicate(`${field}.requests[${index}].name`, request.name)]
        : []),
    ]),
    ...notTooMany(`${field}.constraints`, constraints),
    ...constraints.flatMap((each, index) => validateConstraint(`${field}.constraints[${index}]`, each, known)),
    ...notTooMany(`${field}.config`, config),
    ...config.flatMap((each, index) => [
      ...knownRequests(`${field}.config[${index}].requests`, each.requests ?? [], known),
      ...validateConfiguration(`${field}.config[${index}]`, each),
    ]),
  ];
}

function notTooMany(field: string, items: readonly unknown[]): readonly FieldError[] {
  return items.length > MAX_ITEMS ? [tooMany(field, items.length, MAX_ITEMS)] : [];
}

const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';

function validateRequest(field: string, { name, exactly, firstAvailable }: Sent<DeviceRequest>): readonly FieldError[] {
  const ofName = requiredName(`${field}.name`, name, dnsLabelProblems);
  if (exactly === undefined && firstAvailable === undefined) return [...ofName, required(field, ONE_KIND)];
  if (exactly !== undefined && firstAvailable !== undefined) {
    return [...ofName, invalidValue(field, null, `${ONE_KIND}, but multiple fields are set`)];
  }
  if (exactly !== undefined) return [...ofName, ...validateExactRequest(`${field}.exactly`, exactly)];
  return [...ofName, ...validateAlternatives(`${field}.firstAvailable`, firstAvailable ?? [])];
}

function validateAlternatives(
  field: string,
  alternatives: NonNullable<Sent<DeviceRequest>['firstAvailable']>,
): readonly FieldError[] {
  const names = alternatives.map(({ name = '' }) => name);
  return [
    ...(alternatives.length > MAX_ALTERNATIVES ? [tooMany(field, alternatives.length, MAX_ALTERNATIVES)] : []),
    ...alternatives.flatMap((alternative, index) => [
      ...requiredName(`${field}[${index}].name`, alternative.name, dnsLabelProblems),
      ...(names.indexOf(alternative.name ?? '') < index
        ? [duplicate(`${field}[${index}].name`, alternative.name)]
        : []),
      ...validateExactRequest(`${field}[${index}]`, alternative),
    ]),
  ];
}

function validateExactRequest(field: string, request: Sent<ExactDeviceRequest>): readonly FieldError[] {
  const { deviceClassName, selectors = [], allocationMode, count = 0 } = request;
  const errors = [
    ...requiredName(`${field}.deviceClassName`, deviceClassName, dnsSubdomainProblems),
    ...validateSelectors(`${field}.selectors`, selectors),
    ...oneOf(`${field}.allocationMode`, allocationMode, ['All', 'ExactCount']),
  ];
  if (allocationMode === 'All' && count !== 0) {
    errors.push(invalidValue(`${field}.count`, count, "must not be specified when allocationMode is 'All'"));
  } else if (allocationMode === 'ExactCount' && count <= 0) {
    errors.push(invalidValue(`${field}.count`, count, 'must be greater than zero'));
  }
  return errors;
}

export function validateSelectors(field: string, selectors: readonly Sent<DeviceSelector>[]): readonly FieldError[] {
  return [
    ...notTooMany(field, selectors),
    ...selectors.flatMap(({ cel }, index) => {
      if (cel === undefined) return [required(`${field}[${index}].cel`)];
      return (cel.expression ?? '') === '' ? [required(`${field}[${index}].cel.expression`)] : [];
    }),
  ];
}

function validateConstraint(
  field: string,
  { requests = [], matchAttribute, distinctAttribute }: Sent<DeviceConstraint>,
  known: ReadonlySet<string>,
): readonly FieldError[] {
  const [name, attribute] =
    matchAttribute === undefined ? ['distinctAttribute', distinctAttribute] : ['matchAttribute', matchAttribute];
  return [
    ...knownRequests(`${field}.requests`, requests, known),
    ...(attribute === undefined
      ? [required(field, 'exactly one of `matchAttribute` or `distinctAttribute` is required')]
      : attributeErrors(`${field}.${name}`, attribute)),
  ];
}

function attributeErrors(field: string, attribute: string): readonly FieldError[] {
  return attribute.includes('/')
    ? invalidBy(field, attribute, labelKeyProblems(attribute))
    : [invalidValue(field, attribute, 'must include the fully qualified attribute name')];
}

function knownRequests(field: string, names: readonly string[], known: ReadonlySet<string>): readonly FieldError[] {
  return names.flatMap((name, index) => [
    ...(known.has(name)
      ? []
      : [invalidValue(`${field}[${index}]`, name, 'must be the name of a request in the claim')]),
    ...(names.indexOf(name) < index ? [duplicate(`${field}[${index}]`, name)] : []),
  ]);
}

export function validateConfiguration(
  field: string,
  { opaque }: Pick<Sent<DeviceClaimConfiguration>, 'opaque'>,
): readonly FieldError[] {
  if (opaque === undefined) return [required(field, 'exactly one of `opaque` is required')];
  const { parameters } = opaque;
  return [
    ...requiredName(`${field}.opaque.driver`, opaque.driver, csiDriverNameProblems),
    ...(parameters === undefined ? [required(`${field}.opaque.parameters`)] : []),
    ...(Array.isArray(parameters) ? [forbiddenField(`${field}.opaque.parameters`, 'must be a JSON object')] : []),
  ];
}
