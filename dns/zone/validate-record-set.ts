import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { nameProblem } from './name.ts';
import { recordTypes, type RecordSet, type RecordType } from './record-set.ts';
import { ZoneError } from './zone-error.ts';

/** RFC 2181 §8: 31 bits. */
const MAX_TTL_SECONDS = 2 ** 31 - 1;
const MAX_STRING_BYTES = 255;

/** The set with its data in canonical form: addresses as RFC 5952 writes them, sorted, each once. Throws `ZoneError`. */
export function validRecordSet(set: RecordSet): RecordSet {
  const problem = problemOf(set);
  if (problem !== undefined) throw new ZoneError('Invalid', `record set ${set.name} ${set.type}: ${problem}`);

  const data = [...new Set(set.data.map((item) => canonical(set.type, item)))].sort();
  return Object.freeze({ name: set.name, type: set.type, ttlSeconds: set.ttlSeconds, data: Object.freeze(data) });
}

function problemOf({ name, type, ttlSeconds, data }: RecordSet): string | undefined {
  if (!recordTypes.includes(type)) return `type ${type} is not published`;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > MAX_TTL_SECONDS) {
    return `TTL ${ttlSeconds} is not a whole number from 0 to ${MAX_TTL_SECONDS}`;
  }
  if (data.length === 0) return 'it has no data';
  if (type === 'CNAME' && data.length > 1) return 'a CNAME has one target';
  return nameProblem(name, { wildcard: true }) ?? firstProblem(data, dataProblems[type]);
}

function firstProblem(data: readonly string[], problem: (item: string) => string | undefined): string | undefined {
  for (const item of data) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const targetProblem = (item: string) => nameProblem(item);

const dataProblems: Readonly<Record<RecordType, (item: string) => string | undefined>> = {
  A: (item) => (isIPv4(item) ? undefined : `${JSON.stringify(item)} is not an IPv4 address`),
  AAAA: (item) => (isPlainIPv6(item) ? undefined : `${JSON.stringify(item)} is not an IPv6 address`),
  CNAME: targetProblem,
  NS: targetProblem,
  PTR: targetProblem,
  TXT: (item) =>
    Buffer.byteLength(item) <= MAX_STRING_BYTES ? undefined : `a text is longer than ${MAX_STRING_BYTES} bytes`,
  SRV: (item) => {
    const [priority = '', weight = '', port = '', target = '', ...rest] = item.split(' ');
    const numbers = [priority, weight, port].every((part) => /^\d{1,5}$/.test(part) && Number(part) <= 0xffff);
    if (!numbers || rest.length > 0) return `${JSON.stringify(item)} is not "priority weight port target"`;
    return nameProblem(target);
  },
};

/** A zone index (`fe80::1%eth0`) means nothing to others. */
const isPlainIPv6 = (item: string) => !item.includes('%') && ipaddr.IPv6.isValid(item);

function canonical(type: RecordType, item: string): string {
  return type === 'AAAA' ? ipaddr.IPv6.parse(item).toRFC5952String() : item;
}
