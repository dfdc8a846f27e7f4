import type { Clock, Logger } from '../../src/component-base/index.ts';
import { AXFR, FormatError, HEADER_BYTES, IXFR, PacketReader } from '../packet/index.ts';
import type { AnswerPlainly, DnsMessage, MessageHandler } from '../server/index.ts';
import { openRequest, type OpenedRequest, type TsigKey } from '../tsig/index.ts';
import type { Requester } from './access.ts';
import { TransferAnswerer, type Seal } from './answer-transfer.ts';
import { updateAnswerer } from './answer-update.ts';
import { emptyReply } from './reply.ts';
import { cutShort, withRoom } from './signed-question.ts';
import type { TransferMetrics } from './transfer-metrics.ts';
import type { TransferSource } from './transfer-source.ts';
import type { ZoneRules } from './zone-rules.ts';

export interface ZoneMessagesDeps {
  readonly source: TransferSource;
  readonly rules: ReadonlyMap<string, ZoneRules>;
  readonly keys: readonly TsigKey[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: TransferMetrics;
}

const NOTIFY = 4;
const UPDATE = 5;

/** Answers zone transfers, dynamic updates and whatever is signed. */
export function zoneMessages(deps: ZoneMessagesDeps): MessageHandler {
  const { keys, clock, metrics } = deps;
  const transfers = new TransferAnswerer(deps);
  const answerUpdate = updateAnswerer(deps);
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  const dispatch = async (opened: Opened, plainly: AnswerPlainly, signal: AbortSignal): Promise<Buffer | undefined> => {
    const { message, who, seal } = opened;
    const { header, questionType, packet } = message;
    if (header.opcode === UPDATE) {
      const rcode = await answerUpdate(packet, who, signal);
      return seal.on(emptyReply(header, rcode, questionOf(packet)));
    }
    // RFC 1996: news of a zone are for its secondaries, and we are none.
    if (header.opcode === NOTIFY) return seal.on(emptyReply(header, 'NOTAUTH', questionOf(packet)));
    if (questionType === AXFR || questionType === IXFR) return transfers.answer(message, who, seal, signal);
    return answerSigned(opened, plainly);
  };

  return {
    opcodes: new Set([NOTIFY, UPDATE]),
    answer: async (message, plainly, signal) => {
      let seal = noSeal;
      try {
        const request = openRequest(message.packet, keys, nowSeconds());
        if (request.kind === 'refused') return refusal(request, message, metrics);
        const opened = openedMessage(request, message, nowSeconds);
        seal = opened.seal;
        return await dispatch(opened, plainly, signal);
      } catch (err) {
        if (!(err instanceof FormatError)) throw err;
        return seal.on(emptyReply(message.header, 'FORMERR'));
      }
    },
  };
}

interface Opened {
  readonly message: DnsMessage;
  readonly who: Requester;
  readonly seal: Seal;
}

const noSeal: Seal = { bytes: 0, on: (reply) => reply };

function openedMessage(
  request: Exclude<OpenedRequest, { kind: 'refused' }>,
  message: DnsMessage,
  nowSeconds: () => number,
): Opened {
  const { client } = message.source;
  if (request.kind === 'unsigned') return { message, who: { client, key: undefined }, seal: noSeal };
  const { key, replies } = request;
  return {
    message: { ...message, packet: request.message },
    who: { client, key: key.name },
    seal: { bytes: replies.bytes, on: (reply) => replies.sign(reply, nowSeconds()) },
  };
}

async function answerSigned({ message, seal }: Opened, plainly: AnswerPlainly): Promise<Buffer | undefined> {
  const { packet, header, source } = message;
  const room = source.transport === 'udp' ? withRoom(packet, seal.bytes) : { packet, limitBytes: Infinity };
  const reply = await plainly(room.packet);
  if (reply === undefined) return undefined;
  const whole = Buffer.from(cutShort(reply, room.limitBytes - seal.bytes));
  // Who signed a question had another id for it, where somebody passed it on.
  whole.writeUInt16BE(header.id, 0);
  return seal.on(whole);
}

function refusal(
  { error, rcode, message, explain }: Extract<OpenedRequest, { kind: 'refused' }>,
  { header }: DnsMessage,
  metrics: TransferMetrics,
): Buffer {
  metrics.badSignatures.labels(error).inc();
  return explain(emptyReply(header, rcode, questionOf(message)));
}

/** The question or zone section; nothing where there is not just one. */
function questionOf(packet: Buffer): Buffer | undefined {
  if (packet.readUInt16BE(4) !== 1) return undefined;
  const reader = new PacketReader(packet, HEADER_BYTES);
  reader.name('no pointers');
  reader.slice(4);
  return packet.subarray(HEADER_BYTES, reader.at);
}
