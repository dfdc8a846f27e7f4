import type { RecordSet } from '../dns-provider.ts';

/** What one owner says of one name, in a TXT record set that is its own (`docs/decisions/0038-whose-records.md`). */
export interface Claim {
  /** One label. */
  readonly owner: string;
  /** What the records are of, such as `service/shop/web`. */
  readonly resource: string;
  /** Its part of the name; addresses only have data. */
  readonly parts: readonly ClaimedPart[];
}

export interface ClaimedPart {
  /** A record type. */
  readonly type: string;
  readonly ttlSeconds: number;
  /** Of A and AAAA, which several owners may share. */
  readonly data: readonly string[];
}

const MARK = '_koinon';
const WILDCARD = '_any';
const HERITAGE = 'heritage=koinon';
/** One character string of DNS, with some room. */
const MAX_TEXT = 250;
const TEXT_TTL_SECONDS = 300;
const TYPE_KEY = /^koinon\/([a-z]+\d*)$/;

/** Several may have a part of the addresses of one name; everything else has one owner. */
export const isShareable = (type: string): boolean => type === 'A' || type === 'AAAA';

/** Below the name and not at it: a CNAME stands alone (RFC 1034 §3.6.2). */
export function claimName(owner: string, name: string): string {
  const [first = '', ...rest] = name.split('.');
  return [owner, MARK, first === '*' ? WILDCARD : first, ...rest].join('.');
}

export function claimSet(name: string, { owner, resource, parts }: Claim): RecordSet {
  const head = `${HERITAGE},koinon/owner=${owner},koinon/resource=${resource}`;
  const data = [head, ...parts.flatMap(textsOf)].sort();
  return { name: claimName(owner, name), type: 'TXT', ttlSeconds: TEXT_TTL_SECONDS, data };
}

/** The name that a record set claims something of, and what; undefined for sets that are no claim. */
export function parseClaim(set: RecordSet): { readonly name: string; readonly claim: Claim } | undefined {
  if (set.type !== 'TXT') return undefined;
  const [owner = '', mark, first = '', ...rest] = set.name.split('.');
  const head = set.data.find((text) => text.startsWith(`${HERITAGE},`));
  if (mark !== MARK || head === undefined) return undefined;
  const fields = new Map(head.split(',').map((field) => pair(field)));
  const resource = fields.get('koinon/resource');
  // A copy of somebody's claim under another name claims nothing.
  if (fields.get('koinon/owner') !== owner || resource === undefined) return undefined;
  const name = [first === WILDCARD ? '*' : first, ...rest].join('.');
  return { name, claim: { owner, resource, parts: partsOf(set.data) } };
}

function textsOf({ type, ttlSeconds, data }: ClaimedPart): readonly string[] {
  const head = `koinon/${type.toLowerCase()}=${ttlSeconds}`;
  const texts: string[] = [];
  let text = head;
  for (const item of isShareable(type) ? data : []) {
    if (text.length + 1 + item.length > MAX_TEXT) {
      texts.push(text);
      text = head;
    }
    text += `|${item}`;
  }
  return [...texts, text];
}

function partsOf(texts: readonly string[]): readonly ClaimedPart[] {
  const parts = new Map<string, ClaimedPart>();
  for (const text of texts) {
    const [key, value] = pair(text);
    const type = TYPE_KEY.exec(key)?.[1]?.toUpperCase();
    const [ttl = '', ...data] = value.split('|');
    if (type === undefined || !/^\d{1,10}$/.test(ttl)) continue;
    const before = parts.get(type)?.data ?? [];
    parts.set(type, { type, ttlSeconds: Number(ttl), data: [...before, ...data].sort() });
  }
  return [...parts.values()];
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
