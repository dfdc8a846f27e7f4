import type { Logger } from '../../src/component-base/index.ts';
import { parseClientAddress } from '../choice/index.ts';
import { answerEmpty } from './answer-empty.ts';
import type { QuickAnswers } from './cache/quick-answers.ts';
import type { QuickPeer } from './cache/quick-peer.ts';
import type { Variant } from './cache/variants.ts';
import type { ComposedReply, DnsHandler, DnsReply } from './dns-handler.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { noOwnEdns, type OwnEdns, type OwnSay } from './edns/server-edns.ts';
import { encodeReply, MAX_TCP_BYTES, sizeLimit } from './encode-reply.ts';
import { parseQuery, type ParsedPacket, type Source } from './parse-query.ts';
import type { MessageHandler } from './message-handler.ts';
import { messageTaker } from './message-taker.ts';
import type { Responder } from './packet-responder.ts';
import { reject } from './reject.ts';
import { relayReply } from './relay-reply.ts';

export interface ResponderOptions {
  readonly handler: DnsHandler;
  /** Keeps replies that are given at once; nothing is kept without. */
  readonly quick?: QuickAnswers | undefined;
  readonly metrics: DnsMetrics;
  readonly log: Logger;
  /** Who takes what is no ordinary question; without, it is refused. */
  readonly messages?: MessageHandler | undefined;
  readonly ownEdns?: OwnEdns;
}

type Question = Extract<ParsedPacket, { kind: 'query' }>;

interface Asked {
  readonly packet: Buffer;
  readonly source: Source;
}

export function createResponder(options: ResponderOptions): Responder {
  const { handler, quick, metrics, log, messages, ownEdns = noOwnEdns } = options;
  const scratch = Buffer.alloc(MAX_TCP_BYTES);

  const finish = (reply: DnsReply, question: Question, say: OwnSay): Buffer => {
    const zone = 'zone' in reply ? reply.zone : undefined;
    metrics.responses(reply.rcode, zone)[question.query.transport].inc();
    if ('relay' in reply) return relayReply(reply.relay, question, sizeLimit(question.query));
    return encodeReply(scratch, reply, { ...question, rotation: 0, options: say.options }).packet;
  };

  const fromQuick = ({ packet }: Asked, variant: Variant, answers: QuickAnswers): Buffer => {
    answers.countSent();
    return answers.assemble(packet, 0, variant);
  };

  const respond: Responder = (packet, source, signal) => {
    metrics.requests[source.transport].inc();
    const known = quick?.find(packet, 0, packet.length, peerOf(source));
    if (quick === undefined || known === undefined) return answer({ packet, source }, signal);
    metrics.cacheHits.inc();
    return fromQuick({ packet, source }, known, quick);
  };

  const answer = ({ packet, source }: Asked, signal: AbortSignal): ReturnType<Responder> => {
    const parsed = parseQuery(packet, source, messages?.opcodes);
    switch (parsed.kind) {
      case 'ignored':
        return undefined;
      case 'rejected':
        return reject(parsed, source, metrics);
      case 'message':
        return take({ ...parsed, packet, source }, signal);
      case 'cookie':
        return answerEmpty(parsed, { say: ownEdns({ ...source, edns: parsed.edns }), ...source, metrics });
      case 'query':
        return answerQuery(parsed, { packet, source }, signal);
    }
  };

  const answerQuery = (question: Question, asked: Asked, signal: AbortSignal): ReturnType<Responder> => {
    const encode = (reply: ComposedReply, rotation: number) =>
      encodeReply(scratch, reply, { ...question, rotation, options: [] });
    const completed = quick?.complete(encode);
    if (quick !== undefined && completed !== undefined) return fromQuick(asked, completed, quick);

    const say = ownEdns({ ...asked.source, edns: question.query.edns });
    if (say.rcode !== undefined) return finish({ rcode: say.rcode, authoritative: false }, question, say);
    const reply = handler(question.query, signal);
    if (reply instanceof Promise) return reply.then((later) => finish(later, question, say));
    if (quick === undefined || 'relay' in reply) return finish(reply, question, say);
    const counted = metrics.responses(reply.rcode, reply.zone)[question.query.transport];
    if (!quick.keep(reply, counted)) return finish(reply, question, say);
    const made = quick.complete(encode);
    return made === undefined ? finish(reply, question, say) : fromQuick(asked, made, quick);
  };

  const take = messageTaker({ messages, log, metrics }, respond);
  return respond;
}

function peerOf({ transport, client }: Source): QuickPeer {
  return { transport, address: () => parseClientAddress(client) };
}
