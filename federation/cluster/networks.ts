import ipaddr from 'ipaddr.js';
import type { Node } from '../../src/apis/index.ts';

/** More prefixes than this say less exactly where a cluster's clients are. */
const MAX_NETWORKS = 64;
/** The last steps: whatever is left is not a place any more. */
const COARSEST = { 4: 8, 6: 16 } as const;

/** The first bits of an address, `length` of them. */
interface Prefix {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly length: number;
}

/** Bits that a step of taking together gives up. */
const STEP = 4;

/**
 * Where what runs on these nodes asks from: their addresses and those of their pods, as few prefixes as there can be. Of
 * very many scattered ones what is next to each other is taken together, with what is between.
 */
export function networksOf(nodes: readonly Pick<Node, 'spec' | 'status'>[]): readonly string[] {
  return networksOfAll(textsOf(nodes));
}

/** As `networksOf`, for who asks again and again: nodes change more often than where they are. */
export function rememberedNetworks(): typeof networksOf {
  let before: ReadonlySet<string> = new Set();
  let networks: readonly string[] = [];
  return (nodes) => {
    const texts = textsOf(nodes);
    if (texts.symmetricDifference(before).size > 0) {
      networks = networksOfAll(texts);
      before = texts;
    }
    return networks;
  };
}

function textsOf(nodes: readonly Pick<Node, 'spec' | 'status'>[]): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ spec, status }) => [...podCidrs(spec), ...addressesOf(status)]));
}

function networksOfAll(texts: ReadonlySet<string>): readonly string[] {
  let prefixes = joined([...texts].flatMap((text) => parsed(text) ?? []));
  for (let given = STEP; prefixes.length > MAX_NETWORKS && given < 128; given += STEP) {
    prefixes = joined(prefixes.map((prefix) => widened(prefix, given)));
  }
  return prefixes.map(format).sort();
}

function podCidrs({ podCIDR, podCIDRs = [] }: NonNullable<Node['spec']> = {}): readonly string[] {
  return podCIDRs.length > 0 || podCIDR === undefined ? podCIDRs : [podCIDR];
}

function addressesOf({ addresses = [] }: NonNullable<Node['status']> = {}): readonly string[] {
  return addresses.filter(({ type }) => type !== 'Hostname').map(({ address }) => address);
}

/** Of a prefix or an address; `undefined` for names and whatever else members write. */
function parsed(text: string): Prefix | undefined {
  const [address = '', length] = text.split('/');
  if (!ipaddr.isValid(address) || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const ip = ipaddr.process(address);
  const bytes = ip.toByteArray();
  const width = bytes.length * 8;
  const known = length === undefined ? width : Number(length);
  if (known > width) return undefined;
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: width === 32 ? 4 : 6, bits: value >> BigInt(width - known), length: known };
}

/** Without those within others, and halves of one made one. */
function joined(prefixes: readonly Prefix[]): readonly Prefix[] {
  const known = new Map(prefixes.map((prefix) => [keyOf(prefix), prefix]));
  const byLength = Map.groupBy(known.values(), ({ length }) => length);
  for (let length = 128; length > 0; length--) {
    for (const prefix of byLength.get(length) ?? []) {
      const parent = { ...prefix, bits: prefix.bits >> 1n, length: length - 1 };
      const isHalf = known.has(keyOf({ ...prefix, bits: prefix.bits ^ 1n }));
      if (!isHalf || known.has(keyOf(parent))) continue;
      known.set(keyOf(parent), parent);
      const siblings = byLength.get(parent.length);
      if (siblings === undefined) byLength.set(parent.length, [parent]);
      else siblings.push(parent);
    }
  }
  return [...known.values()].filter((prefix) => !isCovered(prefix, known));
}

function isCovered({ family, bits, length }: Prefix, known: ReadonlyMap<string, Prefix>): boolean {
  for (let up = 1; up <= length; up++) {
    if (known.has(keyOf({ family, bits: bits >> BigInt(up), length: length - up }))) return true;
  }
  return false;
}

function widened(prefix: Prefix, given: number): Prefix {
  const { family, bits, length } = prefix;
  const wanted = Math.max(COARSEST[family], (family === 4 ? 32 : 128) - given);
  return length <= wanted ? prefix : { family, bits: bits >> BigInt(length - wanted), length: wanted };
}

function format({ family, bits, length }: Prefix): string {
  const width = family === 4 ? 32 : 128;
  const value = bits << BigInt(width - length);
  const bytes = Array.from({ length: width / 8 }, (_, at) => Number((value >> BigInt(width - 8 * (at + 1))) & 0xffn));
  return `${ipaddr.fromByteArray(bytes).toString()}/${length}`;
}

function keyOf({ family, bits, length }: Prefix): string {
  return `${family}/${length}/${bits}`;
}
