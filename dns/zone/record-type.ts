import type { NamedRecordType, RecordType } from './record-set.ts';

/** Numbers of the types that have a name here (IANA's registry of DNS parameters). */
export const typeNumbers: Readonly<Record<NamedRecordType | 'SOA' | 'ANY', number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
  CAA: 257,
};

const namesByNumber = new Map(Object.entries(typeNumbers).map(([name, number]) => [number, name]));

/** Types that would mean more than to give back what is published: DNAME, and those that signing makes. */
const MEANT_OTHERWISE = new Map([
  [39, 'DNAME'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [50, 'NSEC3'],
]);

/** Why nothing of this type can be published, or undefined. */
export function typeProblem(type: string): string | undefined {
  if (isNamedRecordType(type)) return undefined;
  const digits = /^TYPE(0|[1-9]\d{0,4})$/.exec(type)?.[1];
  const number = digits === undefined ? -1 : Number(digits);
  const name = namesByNumber.get(number);
  if (name !== undefined && isNamedRecordType(name)) return `type ${type} is written as ${name}`;
  const what = MEANT_OTHERWISE.get(number) ?? name;
  if (what !== undefined) return `type ${what} is not published`;
  return isDataType(number) ? undefined : `type ${type} is not published`;
}

/** RFC 6895 §3.1: there are types of questions and of messages, which no zone has. */
function isDataType(number: number): boolean {
  const isMeta = number === 0 || number === 41 || (number >= 128 && number <= 255);
  return number >= 0 && number <= 0xffff && !isMeta;
}

export const isRecordType = (type: string): type is RecordType => typeProblem(type) === undefined;

const isNamedRecordType = (type: string): type is NamedRecordType =>
  type !== 'SOA' && type !== 'ANY' && Object.hasOwn(typeNumbers, type);
