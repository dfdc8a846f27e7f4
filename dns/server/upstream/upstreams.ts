import { LRUCache } from 'lru-cache';
import type { Clock, Registry } from '../../../src/component-base/index.ts';
import { DnsError, HEADER_BYTES, rcodeOf } from '../../packet/index.ts';
import type { DnsAddress } from '../dns-address.ts';
import type { DnsQuery, RelayedReply } from '../dns-handler.ts';
import { exchange } from './exchange.ts';
import { agedAnswer, keptAnswer, type KeepLimits, type KeptAnswer } from './kept-answer.ts';
import { outgoing, parseReply, type AskedName, type ResolvedName } from './question.ts';
import { ServerOrder } from './server-order.ts';
import { createUpstreamMetrics, type UpstreamMetrics } from './upstream-metrics.ts';

export interface UpstreamLimits extends KeepLimits {
  /** How long an answer that is too old is still given while no server answers (RFC 8767). 0 is never. */
  readonly staleSeconds: number;
}

export interface UpstreamsOptions {
  readonly clock: Clock;
  /** Asked with each answer, so that they may change, and by name. Defaults: an hour, half an hour, and an hour of staleness. */
  readonly limits?: (name: string) => UpstreamLimits;
  /** Of everything kept; 8 MiB. */
  readonly limitBytes?: number;
  readonly metrics?: Registry;
}

/** Other servers, asked on behalf of clients; what they say is kept as long as they allow. */
export interface Upstreams {
  /** Their answer as it is, so that types unknown to us get through. Rejects with a SERVFAIL when none answers. */
  forward(query: DnsQuery, servers: readonly DnsAddress[], signal: AbortSignal): Promise<RelayedReply>;
  /** What they know of a name, to be made part of an answer of ours. */
  resolve(servers: readonly DnsAddress[], asked: AskedName, signal: AbortSignal): Promise<ResolvedName>;
}

const usual: UpstreamLimits = { successSeconds: 3600, denialSeconds: 1800, staleSeconds: 3600 };
const LIMIT_BYTES = 8 * 1024 * 1024;
const OVERHEAD_BYTES = 300;
/** Short, so that the right answer is asked for soon after a server is back. */
const STALE_TTL_SECONDS = 5;

interface Entry extends KeptAnswer {
  readonly storedAt: number;
}

export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const kept = new KeptAnswers(options);
  return {
    forward: async (query, servers, signal) => {
      const packet = await kept.ask(servers, query, signal);
      return { relay: packet, rcode: rcodeOf(packet.readUInt16BE(2) & 0xf) };
    },
    resolve: async (servers, asked, signal) => parseReply(await kept.ask(servers, asked, signal)),
  };
}

class KeptAnswers {
  readonly #clock: Clock;
  readonly #limits: (name: string) => UpstreamLimits;
  readonly #entries: LRUCache<string, Entry>;
  /** Whoever asks the same at the same time waits for the same answer. */
  readonly #underWay = new Map<string, Promise<Buffer>>();
  readonly #order: ServerOrder;
  readonly #metrics: UpstreamMetrics;

  constructor({ clock, limits = () => usual, limitBytes = LIMIT_BYTES, metrics }: UpstreamsOptions) {
    this.#clock = clock;
    this.#limits = limits;
    this.#order = new ServerOrder(clock);
    this.#metrics = createUpstreamMetrics(metrics);
    this.#entries = new LRUCache({
      maxSize: limitBytes,
      maxEntrySize: limitBytes,
      sizeCalculation: ({ packet, ttlsAt }) => packet.length + ttlsAt.length * 8 + OVERHEAD_BYTES,
    });
  }

  async ask(servers: readonly DnsAddress[], asked: AskedName, signal: AbortSignal): Promise<Buffer> {
    const key = keyOf(servers, asked);
    const entry = this.#entries.get(key);
    const ageSeconds = entry === undefined ? 0 : Math.floor((this.#clock.now() - entry.storedAt) / 1000);
    if (entry !== undefined && ageSeconds < entry.ttlSeconds) {
      this.#metrics.hits.inc();
      return agedAnswer(entry, ageSeconds);
    }
    this.#metrics.misses.inc();
    try {
      const reply = await this.#together(key, servers, asked, signal);
      if (entry !== undefined && isFailure(reply)) return this.#stale(entry, asked) ?? reply;
      return reply;
    } catch (err) {
      const stale = entry === undefined ? undefined : this.#stale(entry, asked);
      if (stale === undefined || signal.aborted) throw err;
      return stale;
    }
  }

  #together(
    key: string,
    ...[servers, asked, signal]: [readonly DnsAddress[], AskedName, AbortSignal]
  ): Promise<Buffer> {
    const before = this.#underWay.get(key);
    if (before !== undefined) return before;
    const asking = this.#ask(key, servers, asked, signal).finally(() => {
      this.#underWay.delete(key);
    });
    this.#underWay.set(key, asking);
    return asking;
  }

  async #ask(
    key: string,
    ...[servers, asked, signal]: [readonly DnsAddress[], AskedName, AbortSignal]
  ): Promise<Buffer> {
    const reply = await exchange(this.#order.of(servers), outgoing(asked), signal, {
      answered: (server) => {
        this.#order.answered(server);
      },
      silent: (server) => {
        this.#metrics.silent.inc();
        this.#order.silent(server);
      },
    });
    const answer = keptAnswer(reply, this.#limits(asked.name));
    if (answer !== undefined) this.#entries.set(key, { ...answer, storedAt: this.#clock.now() });
    return reply;
  }

  /** What it said last, where that is not too long ago. */
  #stale(entry: Entry, { name }: AskedName): Buffer | undefined {
    const ageSeconds = (this.#clock.now() - entry.storedAt) / 1000;
    if (ageSeconds > entry.ttlSeconds + this.#limits(name).staleSeconds) return undefined;
    this.#metrics.stale.inc();
    return agedAnswer(entry, 0, STALE_TTL_SECONDS);
  }
}

/** All that the answer depends on. Answers with and without an OPT record are different ones. */
function keyOf(servers: readonly DnsAddress[], { name, type, edns }: AskedName): string {
  const from = servers.map(({ host, port }) => `${host}:${port}`).join();
  const extended = edns === undefined ? '' : edns.dnssecOk ? 'do' : 'edns';
  return `${from} ${type} ${extended} ${name}`;
}

function isFailure(reply: Buffer): boolean {
  if (reply.length < HEADER_BYTES) throw new DnsError('SERVFAIL', 'an upstream answer cannot be read');
  const rcode = rcodeOf(reply.readUInt16BE(2) & 0xf);
  return rcode !== 'NOERROR' && rcode !== 'NXDOMAIN';
}
