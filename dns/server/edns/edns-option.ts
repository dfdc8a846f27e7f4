import { FormatError } from '../../packet/index.ts';

/** One option of an OPT record, as it stands on the wire (RFC 6891 §6.1.2). */
export interface EdnsOption {
  readonly code: number;
  readonly data: Buffer;
}

/** The options that anybody here knows; all others are passed over. */
export const optionCodes = {
  nameServerId: 3,
  clientSubnet: 8,
  cookie: 10,
  tcpKeepalive: 11,
  extendedError: 15,
} as const;

const HEAD_BYTES = 4;
const noOptions: readonly EdnsOption[] = [];

/** The options of an OPT record's data. Throws `FormatError`. */
export function readOptions(data: Buffer): readonly EdnsOption[] {
  if (data.length === 0) return noOptions;
  const options: EdnsOption[] = [];
  for (let at = 0; at < data.length;) {
    if (at + HEAD_BYTES > data.length) throw new FormatError('an option is cut short');
    const from = at + HEAD_BYTES;
    const end = from + data.readUInt16BE(at + 2);
    if (end > data.length) throw new FormatError('an option is longer than its record');
    options.push({ code: data.readUInt16BE(at), data: data.subarray(from, end) });
    at = end;
  }
  return options;
}

/** The data of the option, the first of several. */
export function optionData(options: readonly EdnsOption[], code: number): Buffer | undefined {
  return options.find((option) => option.code === code)?.data;
}

/** Options as they stand on the wire. */
export function optionBytes(options: readonly EdnsOption[]): Buffer {
  return Buffer.concat(
    options.flatMap(({ code, data }) => {
      const head = Buffer.allocUnsafe(HEAD_BYTES);
      head.writeUInt16BE(code, 0);
      head.writeUInt16BE(data.length, 2);
      return [head, data];
    }),
  );
}
