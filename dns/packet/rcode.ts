/** Numbers of RFC 1035 §4.1.1, RFC 2136 §2.2, RFC 6891 §9 and RFC 7873 §8. */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

export type Rcode = keyof typeof rcodes;

const names = new Map<number, Rcode>(Object.entries(rcodes).map(([name, code]) => [code, name as Rcode])); // @NOTE the keys of `rcodes`, which Object.entries widens

/** What others answered; codes of no meaning to us count as failure. */
export const rcodeOf = (code: number): Rcode => names.get(code) ?? 'SERVFAIL';

/** Reasons of RFC 8914 §4, for those that ask with EDNS. */
export const extendedErrors = {
  notReady: 14,
  prohibited: 18,
  notAuthoritative: 20,
  notSupported: 21,
  noReachableAuthority: 22,
} as const;

export type ExtendedError = keyof typeof extendedErrors;

/** Thrown by a handler that cannot answer; anything else thrown is a SERVFAIL. */
export class DnsError extends Error {
  readonly rcode: Rcode;
  readonly extendedError: ExtendedError | undefined;

  constructor(rcode: Rcode, message: string, options: ErrorOptions & { extendedError?: ExtendedError } = {}) {
    super(message, options);
    this.name = 'DnsError';
    this.rcode = rcode;
    this.extendedError = options.extendedError;
  }
}
