import type { QueryType } from '../zone/index.ts';

const numbers = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;

type NamedType = keyof typeof numbers;

const names = new Map<number, NamedType>(
  Object.entries(numbers).map(([name, number]) => [number, name as NamedType]), // @NOTE the keys of `numbers`, which Object.entries widens
);

export const OPT = 41;
export const TSIG = 250;
export const IXFR = 251;
export const AXFR = 252;

export function typeNumber(type: QueryType): number {
  return isNamed(type) ? numbers[type] : Number(type.slice('TYPE'.length));
}

export function typeName(number: number): QueryType {
  return names.get(number) ?? `TYPE${number}`;
}

const isNamed = (type: QueryType): type is NamedType => type in numbers;
