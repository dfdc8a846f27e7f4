import type { Logger } from '../../src/component-base/index.ts';
import { HEADER_BYTES } from '../packet/index.ts';
import { answerEmpty } from './answer-empty.ts';
import { AnswerCache } from './answer-cache.ts';
import type { ComposedReply, DnsHandler, DnsReply } from './dns-handler.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { noOwnEdns, type OwnEdns, type OwnSay } from './edns/server-edns.ts';
import { encodeReply, MAX_TCP_BYTES, sizeLimit } from './encode-reply.ts';
import { parseQuery, type ParsedPacket, type Source } from './parse-query.ts';
import type { MessageHandler } from './message-handler.ts';
import { messageTaker } from './message-taker.ts';
import { reject } from './reject.ts';
import { relayReply } from './relay-reply.ts';

/** A packet in, the packet to send back out; undefined where none is due. Throws nothing, whatever the packet. */
export type Responder = (
  packet: Buffer,
  source: Source,
  signal: AbortSignal,
) => Buffer | undefined | Promise<Buffer | undefined>;

export interface ResponderOptions {
  readonly handler: DnsHandler;
  /** Replies given at once are kept while this gives the same value; nothing is kept when absent. */
  readonly generation?: (() => unknown) | undefined;
  readonly metrics: DnsMetrics;
  readonly log: Logger;
  /** Who takes what is no ordinary question; without, it is refused. */
  readonly messages?: MessageHandler | undefined;
  readonly ownEdns?: OwnEdns;
}

const CACHE_BYTES = 8 * 1024 * 1024;
/** An OPT record without options. */
const BARE_OPT_BYTES = 11;

/** A reply on its way out. */
interface Finishing {
  readonly question: Question;
  readonly say: OwnSay;
  /** Under which it is kept. */
  readonly key?: string | undefined;
}

type Question = Extract<ParsedPacket, { kind: 'query' }>;

export function createResponder(options: ResponderOptions): Responder {
  const { handler, generation, metrics, log, messages, ownEdns = noOwnEdns } = options;
  const [scratch, cache] = [Buffer.alloc(MAX_TCP_BYTES), new AnswerCache(CACHE_BYTES)];
  let cachedGeneration = generation?.();

  const finish = (reply: DnsReply, { question, say, key }: Finishing): Buffer => {
    metrics.responses[reply.rcode].inc();
    if ('relay' in reply) return relayReply(reply.relay, question, sizeLimit(question.query));
    const rotation = key === undefined ? 0 : cache.missing(key);
    const packet = encodeReply(scratch, reply, { ...question, rotation, options: say.options });
    if (key !== undefined) cache.add(key, reply.rcode, packet, ordersOf(reply));
    return packet;
  };

  const fromCache = (key: string, packet: Buffer): Buffer | undefined => {
    const current = generation?.();
    if (current !== cachedGeneration) {
      cachedGeneration = current;
      cache.clear();
      return undefined;
    }
    const hit = cache.get(key);
    if (hit === undefined) return undefined;
    metrics.cacheHits.inc();
    metrics.responses[hit.rcode].inc();
    return withId(hit.packet, packet.readUInt16BE(0));
  };

  const respond: Responder = (packet, source, signal) => {
    metrics.requests[source.transport].inc();
    const key = generation === undefined || packet.length < HEADER_BYTES ? undefined : keyOf(packet, source);
    return (key === undefined ? undefined : fromCache(key, packet)) ?? answer(packet, source, key, signal);
  };

  const answer = (
    packet: Buffer,
    source: Source,
    key: string | undefined,
    signal: AbortSignal,
  ): ReturnType<Responder> => {
    const parsed = parseQuery(packet, source, messages?.opcodes);
    switch (parsed.kind) {
      case 'ignored':
        return undefined;
      case 'rejected':
        return reject(parsed, metrics);
      case 'message':
        return take({ ...parsed, packet, source }, signal);
      case 'cookie':
        return answerEmpty(parsed, ownEdns({ ...source, edns: parsed.edns }), metrics);
      case 'query': {
        const say = ownEdns({ ...source, edns: parsed.query.edns });
        if (say.rcode !== undefined)
          return finish({ rcode: say.rcode, authoritative: false }, { question: parsed, say });
        const reply = handler(parsed.query, signal);
        if (reply instanceof Promise) return reply.then((later) => finish(later, { question: parsed, say }));
        const kept = isForAll(reply) && isPlain(packet, parsed) ? key : undefined;
        return finish(reply, { question: parsed, say, key: kept });
      }
    }
  };

  const take = messageTaker({ messages, log, metrics }, respond);
  return respond;
}

/** Everything of a packet but its id. */
const keyOf = (packet: Buffer, source: Source): string => source.transport + packet.toString('latin1', 2);

const isForAll = (reply: DnsReply): boolean => 'relay' in reply || reply.personal !== true;

/** With options the next packet of the same client differs (cookies): keeping its answer only costs room. */
function isPlain(packet: Buffer, { question }: Question): boolean {
  return packet.length - HEADER_BYTES - question.length <= BARE_OPT_BYTES;
}

function ordersOf({ answers = [] }: ComposedReply): number {
  return Math.max(1, ...answers.map((set) => set.data.length));
}

function withId(packet: Buffer, id: number): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt16BE(id, 0);
  return copy;
}
