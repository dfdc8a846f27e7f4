import { deepEqual } from './deep-equal.ts';
import { isList, isObject, setField } from './json.ts';
import { badRequest, statusError, type StatusError } from './status-error.ts';

const MAX_OPERATIONS = 10_000;
/** Of all `copy` operations together: a small patch must not make a huge object. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/**
 * RFC 6902. The original is not touched; what did not change is shared. Throws 422 when a `test` fails, a path is
 * missing or an operation is unknown, 400 for what is no list of operations, 413 for too many operations or copies.
 */
export function applyJsonPatch(original: unknown, patch: unknown): unknown {
  if (!isList(patch)) throw malformed('a JSON patch is a list of operations');
  if (patch.length > MAX_OPERATIONS) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  }
  const copies = { bytes: 0 };
  return patch.reduce<unknown>((document, operation) => applyOperation(document, operation, copies), original);
}

/** How the API server answers a patch that is well formed and does not fit the object. */
export function patchDoesNotApply(cause?: unknown): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return statusError(422, 'Invalid', message, { details: {}, cause });
}

function malformed(why: string): StatusError {
  return badRequest(`error decoding patch: ${why}`);
}

function tooLarge(why: string): StatusError {
  return statusError(413, 'RequestEntityTooLarge', `Request entity is too large: ${why}`);
}

function applyOperation(document: unknown, operation: unknown, copies: { bytes: number }): unknown {
  if (!isObject(operation)) throw malformed('an operation is an object');
  const path = pointer(operation, 'path');

  switch (operation['op']) {
    case 'add':
      return add(document, path, value(operation));
    case 'remove':
      return remove(document, path);
    case 'replace':
      get(document, path);
      return path.length === 0 ? value(operation) : replace(document, path, value(operation));
    case 'test':
      if (!deepEqual(get(document, path), value(operation))) throw patchDoesNotApply();
      return document;
    case 'move':
      return move(document, pointer(operation, 'from'), path);
    case 'copy': {
      const copied = get(document, pointer(operation, 'from'));
      copies.bytes += Buffer.byteLength(JSON.stringify(copied));
      if (copies.bytes > MAX_COPIED_BYTES) throw tooLarge(`a JSON patch may copy ${MAX_COPIED_BYTES} bytes`);
      return add(document, path, copied);
    }
    default:
      throw patchDoesNotApply();
  }
}

type Path = readonly string[];

function pointer(operation: Readonly<Record<string, unknown>>, field: 'path' | 'from'): Path {
  const text = operation[field];
  if (typeof text !== 'string') throw malformed(`an operation needs a "${field}"`);
  if (text === '') return [];
  if (!text.startsWith('/')) throw malformed(`${JSON.stringify(text)} is not a JSON pointer`);
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function value(operation: Readonly<Record<string, unknown>>): unknown {
  if (operation['value'] === undefined) throw malformed('an operation needs a "value"');
  return operation['value'];
}

function get(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((parent, token) => {
    if (isList(parent)) return parent[existingIndex(parent, token)];
    if (isObject(parent) && Object.hasOwn(parent, token)) return parent[token];
    throw patchDoesNotApply();
  }, document);
}

function existingIndex(list: readonly unknown[], token: string): number {
  if (!/^(0|[1-9]\d*)$/.test(token) || Number(token) >= list.length) throw patchDoesNotApply();
  return Number(token);
}

function move(document: unknown, from: Path, path: Path): unknown {
  const isInside = path.length > from.length && from.every((token, index) => path[index] === token);
  if (isInside) throw patchDoesNotApply();
  const moved = get(document, from);
  return add(from.length === 0 ? document : remove(document, from), path, moved);
}

function add(document: unknown, path: Path, added: unknown): unknown {
  if (path.length === 0) return added;
  return changeParent(document, path, (parent, token) => {
    if (!isList(parent)) return withField(parent, token, added);
    const index = token === '-' || token === String(parent.length) ? parent.length : existingIndex(parent, token);
    return parent.toSpliced(index, 0, added);
  });
}

function remove(document: unknown, path: Path): unknown {
  return changeParent(document, path, (parent, token) => {
    if (isList(parent)) return parent.toSpliced(existingIndex(parent, token), 1);
    if (!Object.hasOwn(parent, token)) throw patchDoesNotApply();
    const { [token]: _removed, ...rest } = parent;
    return rest;
  });
}

function replace(document: unknown, path: Path, replacement: unknown): unknown {
  return changeParent(document, path, (parent, token) =>
    isList(parent) ? parent.with(existingIndex(parent, token), replacement) : withField(parent, token, replacement),
  );
}

type Parent = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Copies the containers along the path; `change` makes the last one anew. */
function changeParent(document: unknown, path: Path, change: (parent: Parent, token: string) => unknown): unknown {
  const [token, ...rest] = path;
  if (token === undefined || (!isList(document) && !isObject(document))) throw patchDoesNotApply();
  if (rest.length === 0) return change(document, token);
  if (isList(document)) {
    const index = existingIndex(document, token);
    return document.with(index, changeParent(document[index], rest, change));
  }
  if (!Object.hasOwn(document, token)) throw patchDoesNotApply();
  return withField(document, token, changeParent(document[token], rest, change));
}

function withField(object: Readonly<Record<string, unknown>>, field: string, content: unknown): unknown {
  const copy = { ...object };
  setField(copy, field, content);
  return copy;
}
