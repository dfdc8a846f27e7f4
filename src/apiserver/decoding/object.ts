import {
  apiVersionOf,
  badRequest,
  isObject,
  type KubeObject,
  type ObjectMeta,
  type Resource,
  type StatusError,
} from '../../apimachinery/index.ts';

export type ExpectedKind = Pick<Resource, 'group' | 'version' | 'kind'> & {
  /** Older `apiVersion`s in which such a body looks the same; it is read as one of `version`. */
  readonly olderVersions?: readonly string[];
};

/** An object of the expected kind: a body may leave its kind out, since the URL says it, and may not name another one. */
export function asObject(value: unknown, expected: ExpectedKind): KubeObject {
  if (!isObject(value)) throw cannotBeHandled(expected, 'it is not a JSON object');
  const { kind, apiVersion, metadata, ...rest } = value;
  checkKind(kind, apiVersion, expected);
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    throw cannotBeHandled(expected, 'metadata is not a JSON object');
  }
  // @NOTE the fields of metadata are checked against its schema where a body is decoded.
  const known = (metadata ?? {}) as ObjectMeta;
  return { apiVersion: apiVersionOf(expected), kind: expected.kind, metadata: known, ...rest };
}

export function cannotBeHandled({ version, kind }: ExpectedKind, why: string): StatusError {
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
}

function checkKind(kind: unknown, apiVersion: unknown, expected: ExpectedKind): void {
  const wanted = apiVersionOf(expected);
  const givenVersion = textOf(apiVersion, 'apiVersion', expected);
  const givenKind = textOf(kind, 'kind', expected);
  if (givenKind !== '' && givenKind !== expected.kind) {
    const from = JSON.stringify(givenVersion === '' ? wanted : givenVersion);
    throw badRequest(
      `${givenKind} in version ${from} cannot be handled as a ${expected.kind}: it is of another kind than the resource`,
    );
  }
  if (givenVersion !== '' && givenVersion !== wanted && expected.olderVersions?.includes(givenVersion) !== true) {
    throw badRequest(
      `the API version in the data (${givenVersion}) does not match the expected API version (${wanted})`,
    );
  }
}

/** Empty when absent. */
function textOf(value: unknown, field: string, { kind }: ExpectedKind): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  const why = `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go struct field .${field} of type string`;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why}`,
  );
}
