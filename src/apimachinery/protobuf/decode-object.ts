import { isObject, type UnknownObject } from '../json.ts';
import type { TypeTable } from '../schema.ts';
import { badRequest } from '../status-error.ts';
import { MessageReader } from './decode-message.ts';
import { readEnvelope } from './envelope.ts';
import type { TypeNames } from './type-names.ts';
import { createReader } from './wire.ts';

export function decodeObject(body: Uint8Array, typeNames: TypeNames, table: TypeTable): UnknownObject {
  try {
    return decode(body, typeNames, table);
  } catch (cause) {
    // A missing table entry is our mistake; all else comes from what the body holds.
    if (cause instanceof TypeError || !(cause instanceof Error)) throw cause;
    throw badRequest(`the body of the request could not be decoded: ${cause.message}`, cause);
  }
}

function decode(body: Uint8Array, typeNames: TypeNames, table: TypeTable): UnknownObject {
  const { apiVersion, kind, raw } = readEnvelope(body);
  const name = typeNames(apiVersion, kind);
  if (name === undefined) throw new UnknownKind(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const reader = createReader(raw);
  const object = new MessageReader(table).read(name, reader, reader.len);
  if (!isObject(object)) throw new UnknownKind(`"${kind}" is not an object`);
  return { kind, apiVersion, ...object };
}

class UnknownKind extends Error {
  override readonly name = 'UnknownKind';
}
