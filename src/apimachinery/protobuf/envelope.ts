import { createWriter, DELIMITED, MalformedProtobuf, endOfDelimited, readFields, createReader, tagOf } from './wire.ts';

/** What every Kubernetes protobuf body starts with: `k8s` and a zero. */
const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

/** `runtime.Unknown`: which kind of object, and the object's own message. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

export function hasMagic(body: Uint8Array): boolean {
  return MAGIC.every((byte, index) => body[index] === byte);
}

export function readEnvelope(body: Uint8Array): Envelope {
  if (!hasMagic(body)) throw new MalformedProtobuf('provided data does not appear to be a protobuf message');
  const reader = createReader(body.subarray(MAGIC.length));
  let [apiVersion, kind, contentEncoding] = ['', '', ''];
  let raw = new Uint8Array();
  const readTypeMeta = (number: number): boolean => {
    if (number === 1) apiVersion = reader.string();
    else if (number === 2) kind = reader.string();
    else return false;
    return true;
  };
  readFields(reader, reader.len, (number) => {
    if (number === 1) readFields(reader, endOfDelimited(reader), readTypeMeta);
    else if (number === 2) raw = Uint8Array.from(reader.bytes());
    else if (number === 3) contentEncoding = reader.string();
    else return false;
    return true;
  });
  if (contentEncoding !== '') throw new MalformedProtobuf(`content encoding ${contentEncoding} is not supported`);
  return { apiVersion, kind, raw };
}

export function writeEnvelope({ apiVersion, kind, raw }: Envelope): Uint8Array {
  const writer = createWriter();
  writer.uint32(tagOf(1, DELIMITED)).fork();
  writer.uint32(tagOf(1, DELIMITED)).string(apiVersion).uint32(tagOf(2, DELIMITED)).string(kind).ldelim();
  // Go writes the two strings after it even when they are empty.
  writer.uint32(tagOf(2, DELIMITED)).bytes(raw);
  writer.uint32(tagOf(3, DELIMITED)).string('').uint32(tagOf(4, DELIMITED)).string('');
  return Buffer.concat([MAGIC, writer.finish()]);
}
