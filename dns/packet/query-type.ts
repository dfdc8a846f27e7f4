import { typeNumbers as numbers, type QueryType } from '../zone/index.ts';

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
