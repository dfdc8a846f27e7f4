/** DER of the type 1.3.6.1.4.1.57683.2, by which CNCF has the subject of a certificate tell the uid of a user. */
const UID = Buffer.from('2b0601040183c25302', 'hex');

const TAGS = { version: 0xa0, objectIdentifier: 0x06 } as const;
/** UTF8String, NumericString, PrintableString and IA5String. */
const STRINGS = new Set([0x0c, 0x12, 0x13, 0x16]);
/** Of a certificate's fields, after its version: number, algorithm, issuer, validity, subject. */
const SUBJECT = 4;

/**
 * The uid in the subject of a certificate, which Node does not tell. `undefined` when there is none; throws when there are
 * several, or one that is no text. `der` was verified, and so has the form that RFC 5280 gives it.
 */
export function certificateUid(der: Buffer): string | undefined {
  if (!der.includes(UID)) return undefined;
  const [certificate] = elements(der);
  const [signed] = elements(certificate?.content);
  const fields = elements(signed?.content).filter(({ tag }) => tag !== TAGS.version);
  const attributes = elements(fields[SUBJECT]?.content).flatMap(({ content: set }) => elements(set));
  const uids = attributes.flatMap(({ content }) => {
    const [type, value] = elements(content);
    if (type?.tag !== TAGS.objectIdentifier || !type.content.equals(UID)) return [];
    if (value === undefined || !STRINGS.has(value.tag)) throw new Error('unable to parse UID into a string');
    return [value.content.toString('utf8')];
  });
  if (uids.length > 1) throw new Error(`expected 1 UID, but found multiple: ${uids.join(', ')}`);
  return uids[0];
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** What stands one after the other in a piece of DER (ITU-T X.690 §8.1). */
function elements(der: Buffer = Buffer.alloc(0)): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
    found.push({ tag, content: der.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}
