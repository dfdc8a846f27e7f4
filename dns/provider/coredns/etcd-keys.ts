import { DnsProviderError } from '../dns-provider.ts';
import { Compacted, type EtcdGateway } from './etcd-gateway.ts';

export interface EtcdKey {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
}

/** Keys as they were at one revision. */
export interface EtcdKeys {
  readonly keys: readonly EtcdKey[];
  readonly revision: number;
}

export type EtcdOperation = { readonly put: string; readonly value: string } | { readonly remove: string };

export interface EtcdTransaction {
  /** Keys that were not changed after these revisions; with `below`, all keys that begin with the key and a slash too. */
  readonly unchanged: readonly { readonly key: string; readonly since: number; readonly below?: boolean }[];
  /** Keys that are there, as they were at this revision. */
  readonly kept: readonly Pick<EtcdKey, 'key' | 'modRevision'>[];
  readonly operations: readonly EtcdOperation[];
}

const PAGE = 1_000;

/** All keys below `key`, and the key itself, at one revision, however many they are. */
export async function readKeys(gateway: EtcdGateway, key: string, signal: AbortSignal): Promise<EtcdKeys> {
  for (;;) {
    try {
      const own = await readRange(gateway, { key: base64(key) }, signal);
      const below = await readRange(gateway, { ...rangeBelow(key), revision: String(own.revision) }, signal);
      return { keys: [...own.keys, ...below.keys], revision: own.revision };
    } catch (err) {
      // So slow that history was thrown away meanwhile: what is there now is as good.
      if (!(err instanceof Compacted)) throw err;
      signal.throwIfAborted();
    }
  }
}

interface Range {
  readonly key: string;
  readonly range_end?: string;
  readonly revision?: string;
}

async function readRange(gateway: EtcdGateway, range: Range, signal: AbortSignal): Promise<EtcdKeys> {
  const keys: EtcdKey[] = [];
  let { key, revision = '0' } = range;
  for (;;) {
    const answer = await gateway('/kv/range', { ...range, key, revision, limit: String(PAGE) }, signal);
    const page = arrayOf(answer, 'kvs').map(readKey);
    keys.push(...page);
    if (revision === '0') revision = String(integerOf(objectOf(answer, 'header'), 'revision'));
    const last = page.at(-1);
    if (field(answer, 'more') !== true || last === undefined) return { keys, revision: Number(revision) };
    key = base64(`${last.key}\0`);
  }
}

/** False when a condition did not hold, and nothing was done. */
export async function transact(gateway: EtcdGateway, change: EtcdTransaction, signal: AbortSignal): Promise<boolean> {
  const unchanged = change.unchanged.flatMap(({ key, since, below = false }) => {
    const limit = { target: 'MOD', result: 'LESS', mod_revision: String(since + 1) };
    return [{ key: base64(key), ...limit }, ...(below ? [{ ...rangeBelow(key), ...limit }] : [])];
  });
  const kept = change.kept.map(({ key, modRevision }) => {
    return { key: base64(key), target: 'MOD', result: 'EQUAL', mod_revision: String(modRevision) };
  });
  const success = change.operations.map((operation) =>
    'put' in operation
      ? { request_put: { key: base64(operation.put), value: base64(operation.value) } }
      : { request_delete_range: { key: base64(operation.remove) } },
  );
  const answer = await gateway('/kv/txn', { compare: [...unchanged, ...kept], success }, signal);
  return field(answer, 'succeeded') === true;
}

/** The slash comes before its range's end, the zero after it in ASCII. */
const rangeBelow = (key: string) => ({ key: base64(`${key}/`), range_end: base64(`${key}0`) });

const base64 = (text: string) => Buffer.from(text).toString('base64');

function readKey(json: unknown): EtcdKey {
  const [key, value] = [field(json, 'key'), field(json, 'value') ?? ''];
  if (typeof key !== 'string' || typeof value !== 'string') throw malformed('a key');
  const text = (part: string) => Buffer.from(part, 'base64').toString();
  return { key: text(key), value: text(value), modRevision: integerOf(json, 'mod_revision') };
}

function integerOf(json: unknown, name: string): number {
  const value = Number(field(json, name));
  if (!Number.isSafeInteger(value)) throw malformed(`"${name}"`);
  return value;
}

/** An empty list is left out by the gateway. */
function arrayOf(json: unknown, name: string): readonly unknown[] {
  const value = field(json, name) ?? [];
  if (!Array.isArray(value)) throw malformed(`"${name}"`);
  return value;
}

function objectOf(json: unknown, name: string): unknown {
  return field(json, name);
}

function field(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) throw malformed('an object');
  return (json as Readonly<Record<string, unknown>>)[name]; // @NOTE any object may be asked for any field
}

function malformed(what: string): DnsProviderError {
  return new DnsProviderError('Unavailable', `etcd answers with something else where ${what} should be`);
}
