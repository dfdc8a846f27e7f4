import type { ReachTimings } from './reach-judgement.ts';
import type { ShardCheck, ShardTarget } from './target.ts';

/** The API of another member, for passing on what was seen when the own is not read. */
export interface ReportingPath {
  readonly cluster: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** What a federation tells the reporter in one of its members: all that it has to know while the federation is away. */
export interface Peers {
  readonly federation: string;
  /** The name of the member in that federation. */
  readonly cluster: string;
  readonly timings: ReachTimings;
  readonly targets: readonly ShardTarget[];
  readonly paths: readonly ReportingPath[];
}

/** What a reporter says of one address: only of those that it has reached at least once. */
export interface ReportedShard {
  readonly cluster: string;
  readonly service: string;
  readonly host: string;
  readonly state: 'reachable' | 'unreachable';
  /** Milliseconds since the epoch, by the reporter's clock. */
  readonly since: number;
  readonly reason?: string;
}

export interface Report {
  readonly federation: string;
  /** Whose reporter it is. */
  readonly cluster: string;
  /** Grows with every report of one reporter. */
  readonly sequence: number;
  readonly shards: readonly ReportedShard[];
  /** How long other clusters take to answer it, those that have. */
  readonly answerMs?: Readonly<Record<string, number>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws an `Error` that says what is wrong: it may have been written by anybody. */
export function parsePeers(text: string): Peers {
  const fields = fieldsOf(JSON.parse(text), 'peers');
  return {
    federation: textOf(fields, 'federation'),
    cluster: textOf(fields, 'cluster'),
    timings: timingsOf(fieldsOf(fields['timings'], 'timings')),
    targets: listOf(fields, 'targets').map(targetOf),
    paths: listOf(fields, 'paths').map((path) => ({
      cluster: textOf(path, 'cluster'),
      server: textOf(path, 'server'),
      ca: textOf(path, 'ca'),
      token: textOf(path, 'token'),
    })),
  };
}

/** Throws an `Error` that says what is wrong: it may have been written by anybody. */
export function parseReport(text: string): Report {
  const fields = fieldsOf(JSON.parse(text), 'report');
  return {
    federation: textOf(fields, 'federation'),
    cluster: textOf(fields, 'cluster'),
    sequence: numberOf(fields, 'sequence'),
    shards: listOf(fields, 'shards').map((shard) => ({
      cluster: textOf(shard, 'cluster'),
      service: textOf(shard, 'service'),
      host: textOf(shard, 'host'),
      state: shard['state'] === 'reachable' ? 'reachable' : 'unreachable',
      since: numberOf(shard, 'since'),
      ...(typeof shard['reason'] === 'string' ? { reason: shard['reason'].slice(0, 100) } : {}),
    })),
    ...answerTimesOf(fields['answerMs']),
  };
}

const MAX_CLUSTERS = 1_000;

/** Older reporters say nothing of it. */
function answerTimesOf(value: unknown): Pick<Report, 'answerMs'> {
  if (value === undefined) return {};
  const times = Object.entries(fieldsOf(value, 'answerMs')).slice(0, MAX_CLUSTERS);
  const valid = times.filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0);
  return { answerMs: Object.fromEntries(valid) };
}

function targetOf(fields: Fields): ShardTarget {
  const ports = fields['ports'];
  if (!Array.isArray(ports)) throw new Error('ports is not a list');
  return {
    cluster: textOf(fields, 'cluster'),
    service: textOf(fields, 'service'),
    host: textOf(fields, 'host'),
    ports: ports.filter((port) => typeof port === 'number'),
    check: checkOf(fieldsOf(fields['check'], 'check')),
  };
}

function checkOf(fields: Fields): ShardCheck {
  const kind = textOf(fields, 'kind');
  if (kind === 'tcp') return { kind };
  if (kind === 'http' || kind === 'https') {
    return fields['path'] === undefined ? { kind } : { kind, path: textOf(fields, 'path') };
  }
  throw new Error(`there is no check ${JSON.stringify(kind)}`);
}

function timingsOf(fields: Fields): ReachTimings {
  return {
    intervalMs: numberOf(fields, 'intervalMs'),
    retryMs: numberOf(fields, 'retryMs'),
    timeoutMs: numberOf(fields, 'timeoutMs'),
    failureThreshold: numberOf(fields, 'failureThreshold'),
    refusedMs: numberOf(fields, 'refusedMs'),
    silentMs: numberOf(fields, 'silentMs'),
    recoveryThreshold: numberOf(fields, 'recoveryThreshold'),
  };
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return Object.fromEntries(Object.entries(value));
}

function listOf(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  if (!Array.isArray(list)) throw new Error(`${name} is not a list`);
  return list.map((item: unknown) => fieldsOf(item, name));
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`);
  return value;
}

function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new Error(`${name} is not a number`);
  return value;
}
