import { clientAddress, type ClientAddress } from '../../choice/index.ts';
import { DnsError } from '../../packet/index.ts';
import { optionCodes, type EdnsOption } from './edns-option.ts';

const HEAD_BYTES = 4;
/** Bytes of an address, by its family in the registry of address families. */
const addressBytes: ReadonlyMap<number, number> = new Map([
  // Whoever wants nothing to be known of its client may leave out the family too.
  [0, 0],
  [1, 4],
  [2, 16],
]);

/** What EDNS client subnet says (RFC 7871 §6). */
export interface ClientSubnet {
  /** Absent where the client does not want to be known: a prefix of no bits. */
  readonly subnet?: ClientAddress;
  /** The option as the answer has it, with the bits of the subnet that the answer depends on. */
  echo(scope: number): EdnsOption;
}

/** Throws `DnsError` FORMERR for what breaks the rules (RFC 7871 §7.1.2). */
export function readClientSubnet(data: Buffer): ClientSubnet {
  if (data.length < HEAD_BYTES) throw malformed('it is cut short');
  const family = data.readUInt16BE(0);
  const prefixLength = data.readUInt8(2);
  const size = addressBytes.get(family);
  if (size === undefined) throw malformed(`nobody knows address family ${family}`);
  if (prefixLength > size * 8) throw malformed(`a prefix of ${prefixLength} bits`);
  if (data.readUInt8(3) !== 0) throw malformed('a question has no scope');
  if (data.length !== HEAD_BYTES + Math.ceil(prefixLength / 8)) throw malformed('not the bytes of the prefix');
  const address = new Uint8Array(size);
  address.set(data.subarray(HEAD_BYTES));
  const subnet = prefixLength === 0 ? undefined : clientAddress(address, prefixLength);
  if (subnet?.bytes.some((byte, at) => byte !== address[at]) === true) throw malformed('bits beyond the prefix');
  return {
    ...(subnet === undefined ? {} : { subnet }),
    echo: (scope) => {
      const echoed = Buffer.from(data);
      echoed.writeUInt8(scope, 3);
      return { code: optionCodes.clientSubnet, data: echoed };
    },
  };
}

function malformed(why: string): DnsError {
  return new DnsError('FORMERR', `EDNS client subnet: ${why}`);
}
