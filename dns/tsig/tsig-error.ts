/** RFC 8945 §3; with any of them that the rcode of the answer is NOTAUTH. */
export const tsigErrors = { BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

export type TsigErrorName = keyof typeof tsigErrors;

export const tsigErrorName = (code: number): string => names.get(code) ?? `TSIG error ${code}`;

const names = new Map<number, string>(Object.entries(tsigErrors).map(([name, code]) => [code, name]));

/** An answer whose signature is missing or wrong, or that says so of the request. */
export class TsigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TsigError';
  }
}
