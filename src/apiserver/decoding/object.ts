import {
  apiVersionOf,
  badRequest,
  isObject,
  type KubeObject,
  type ObjectMeta,
  type Resource,
  type StatusError,
} from '../../apimachinery/index.ts';

export type ExpectedKind = Pick<Resource, 'group' | 'version' | 'kind'>;

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
  const isOther = (given: unknown, own: string) => given !== undefined && given !== '' && given !== own;
  if (isOther(kind, expected.kind)) {
    const from = JSON.stringify(apiVersion ?? wanted);
    throw badRequest(
      `${String(kind)} in version ${from} cannot be handled as a ${expected.kind}: it is of another kind than the resource`,
    );
  }
  if (isOther(apiVersion, wanted)) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${wanted})`,
    );
  }
}
