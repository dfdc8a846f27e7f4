import { createPublicKey, verify } from 'node:crypto';

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/;

/** Bodies of the PEM blocks in a text, with what they are called. */
export function pemBlocks(
  text: string,
): readonly { readonly label: string; readonly der: Buffer; readonly hasHeaders: boolean }[] {
  return [...text.matchAll(new RegExp(PEM, 'g'))].map(([, label = '', body = '']) => ({
    label,
    der: Buffer.from(body, 'base64'),
    hasHeaders: body.includes(':'),
  }));
}

/** What is wrong with a certificate request as it stands in JSON, base64 of PEM (RFC 2986, RFC 7468); nothing when all is well. */
export function requestProblem(request: string): string | undefined {
  const [block] = pemBlocks(Buffer.from(request, 'base64').toString('latin1'));
  if (block?.label !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return signatureProblem(block.der);
  } catch (err) {
    return `asn1: syntax error: ${err instanceof Error ? err.message : String(err)}`;
  }
}

/** Digests by the identifier of the signature algorithm, as hexadecimal of its encoding; `null`: the algorithm has its own. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
};

/** CertificationRequest ::= SEQUENCE { info { version, subject, subjectPublicKeyInfo, … }, algorithm, signature } */
function signatureProblem(der: Buffer): string | undefined {
  const [info, algorithm, signature] = childrenOf(elementAt(der, 0));
  const [, , publicKey] = info === undefined ? [] : childrenOf(info);
  const [identifier] = algorithm === undefined ? [] : childrenOf(algorithm);
  if (info === undefined || publicKey === undefined || identifier === undefined || signature === undefined) {
    throw new Error('sequence truncated');
  }
  const digest = DIGESTS[identifier.content.toString('hex')];
  if (digest === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
  const key = createPublicKey({ key: publicKey.whole, format: 'der', type: 'spki' });
  // The first byte of a bit string says how many bits of the last one do not count.
  const isOwn = verify(digest, info.whole, key, signature.content.subarray(1));
  return isOwn ? undefined : 'x509: verification failure';
}

/** A DER value: with and without its tag and length. */
interface Element {
  readonly whole: Buffer;
  readonly content: Buffer;
}

function elementAt(bytes: Buffer, offset: number): Element {
  const first = bytes.readUInt8(offset + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4) throw new Error('length too large');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes);
  const start = offset + 2 + lengthBytes;
  if (start + length > bytes.length) throw new Error('data truncated');
  return { whole: bytes.subarray(offset, start + length), content: bytes.subarray(start, start + length) };
}

function childrenOf({ content }: Element): readonly Element[] {
  const children: Element[] = [];
  for (let offset = 0; offset < content.length;) {
    const child = elementAt(content, offset);
    children.push(child);
    offset += child.whole.length;
  }
  return children;
}
