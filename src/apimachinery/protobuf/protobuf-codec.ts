import type { UnknownObject } from '../json.ts';
import type { TypeTable } from '../schema.ts';
import type { TypeNames } from './type-names.ts';

/** Kubernetes' `application/vnd.kubernetes.protobuf`. */
export interface ProtobufCodec {
  /**
   * The object as Kubernetes would write it in JSON. Throws `badRequest` for what is malformed or of a kind
   * that `typeNames` does not know.
   */
  decode(body: Uint8Array, typeNames: TypeNames): UnknownObject;
  /** `object` has a kind that `typeNames` knows. Throws a `TypeError` for what does not fit its schema. */
  encode(object: UnknownObject, typeNames: TypeNames): Uint8Array;
}

/** Loads the codec with the first call; a process that never sees such a body never pays for it. */
export async function loadProtobufCodec(table: TypeTable): Promise<ProtobufCodec> {
  const [{ decodeObject }, { encodeObject }] = await Promise.all([
    import('./decode-object.ts'),
    import('./encode-object.ts'),
  ]);
  return {
    decode: (body, typeNames) => decodeObject(body, typeNames, table),
    encode: (object, typeNames) => encodeObject(object, typeNames, table),
  };
}
