import { nameProblem } from '../zone/index.ts';

const hashes = {
  'hmac-md5.sig-alg.reg.int': 'md5',
  'hmac-sha1': 'sha1',
  'hmac-sha224': 'sha224',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
} as const;

/** As it is named on the wire (RFC 8945 §6). */
export type TsigAlgorithm = keyof typeof hashes;

/** A secret that two servers share. Never to be logged. */
export interface TsigKey {
  /** Absolute, lower case, without the trailing dot; both sides must use the same. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Buffer;
}

/** What people write of a key: `algorithm` in any case, `hmac-md5` for short; `secret` in base64. */
export interface TsigKeyText {
  readonly name: string;
  /** hmac-sha256. */
  readonly algorithm?: string;
  readonly secret: string;
}

export class TsigKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TsigKeyError';
  }
}

/** Throws `TsigKeyError`, whose message has nothing of the secret. */
export function parseTsigKey({ name, algorithm = 'hmac-sha256', secret }: TsigKeyText): TsigKey {
  const keyName = name.toLowerCase().replace(/\.$/, '');
  const problem = nameProblem(keyName);
  if (problem !== undefined) throw new TsigKeyError(`TSIG key: ${problem}`);
  const wanted = algorithm.toLowerCase().replace(/\.$/, '');
  const known = wanted === 'hmac-md5' ? 'hmac-md5.sig-alg.reg.int' : wanted;
  if (!isAlgorithm(known)) {
    const names = Object.keys(hashes).join(', ');
    throw new TsigKeyError(`TSIG key ${keyName}: unknown algorithm ${JSON.stringify(algorithm)}, one of ${names}`);
  }
  const bytes = Buffer.from(secret, 'base64');
  const isBase64 = bytes.length > 0 && bytes.toString('base64').replace(/=+$/, '') === secret.replace(/=+$/, '');
  if (!isBase64) throw new TsigKeyError(`TSIG key ${keyName}: the secret is not base64`);
  return { name: keyName, algorithm: known, secret: bytes };
}

/** Of node:crypto. */
export const hashOf = (algorithm: TsigAlgorithm): string => hashes[algorithm];

const isAlgorithm = (name: string): name is TsigAlgorithm => Object.hasOwn(hashes, name);
