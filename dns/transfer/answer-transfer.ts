import { setImmediate as turn } from 'node:timers/promises';
import { untilAborted, withDeadline, type Logger } from '../../src/component-base/index.ts';
import { ClientGone, type DnsMessage } from '../server/index.ts';
import type { Zone } from '../zone/index.ts';
import type { Requester } from './access.ts';
import { answerFlags, emptyReply } from './reply.ts';
import { changesOnly, wholeZone, type TransferContent } from './transfer-content.ts';
import { transferMessages } from './transfer-messages.ts';
import type { TransferMetrics } from './transfer-metrics.ts';
import { readTransferRequest, type TransferRequest } from './transfer-request.ts';
import type { TransferSource } from './transfer-source.ts';
import type { ZoneRules } from './zone-rules.ts';

export interface AnswerTransferDeps {
  readonly source: TransferSource;
  readonly rules: ReadonlyMap<string, ZoneRules>;
  readonly log: Logger;
  readonly metrics: TransferMetrics;
}

/** Signs messages where the request was signed. */
export interface Seal {
  /** How much longer a message is with its signature. */
  readonly bytes: number;
  on(message: Buffer): Buffer;
}

const IN = 1;
/** Transfers at one time; others are told to come again. */
const MAX_TRANSFERS = 10;
/** Longer holds on to what the zone was for too long, however steadily it is taken. */
const MAX_TRANSFER_MS = 30 * 60_000;
/** RFC 1995 §2: what does not fit is asked for again by TCP. */
const UDP_BYTES = 512;

/** Answers AXFR and IXFR. `answer` gives the last message, none where the client has gone, and throws `FormatError` on what is no such question. */
export class TransferAnswerer {
  readonly #deps: AnswerTransferDeps;
  #running = 0;

  constructor(deps: AnswerTransferDeps) {
    this.#deps = deps;
  }

  async answer(message: DnsMessage, who: Requester, seal: Seal, signal: AbortSignal): Promise<Buffer | undefined> {
    const { header, source: from } = message;
    const { source, rules, metrics, log } = this.#deps;
    const request = readTransferRequest(message.packet);
    const { question, since } = request;
    const zone = source.current().find(request.zone);
    if (request.class !== IN || zone?.name !== request.zone) return seal.on(emptyReply(header, 'NOTAUTH', question));
    if (rules.get(zone.name)?.mayTransfer(who) !== true) {
      metrics.transfers.labels(zone.name, 'denied').inc();
      log.debug({ zone: zone.name, ...who }, 'zone transfer refused');
      return seal.on(emptyReply(header, 'REFUSED', question));
    }
    if (from.more === undefined) {
      // RFC 5936 §4.2: all of a zone is no matter for UDP.
      if (since === undefined) return seal.on(emptyReply(header, 'FORMERR', question));
      return seal.on(this.#inOneMessage(message, zone, since, question));
    }
    if (this.#running >= MAX_TRANSFERS) return seal.on(emptyReply(header, 'SERVFAIL', question));
    this.#running++;
    try {
      return await this.#stream(message, { zone, request, who, seal }, withDeadline(MAX_TRANSFER_MS, signal));
    } finally {
      this.#running--;
    }
  }

  async #stream(
    { header, source: { more } }: DnsMessage,
    { zone, request, who, seal }: { zone: Zone; request: TransferRequest; who: Requester; seal: Seal },
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const { log, metrics } = this.#deps;
    using snapshot = zone.snapshot();
    const content = (request.since === undefined ? undefined : changesOnly(zone, request.since)) ?? wholeZone(snapshot);
    const start = { id: header.id, flags: answerFlags(header), question: request.question };
    let last: Buffer | undefined;
    for (const next of transferMessages(start, content.sets, seal.bytes)) {
      if (last !== undefined && !(await sent(seal.on(last), more, signal))) {
        metrics.transfers.labels(zone.name, 'failed').inc();
        log.debug({ zone: zone.name, ...who }, 'zone transfer not taken');
        return undefined;
      }
      last = next;
      await turn(undefined, { signal });
    }
    metrics.transfers.labels(zone.name, content.kind).inc();
    log.info({ zone: zone.name, ...who, kind: content.kind, serial: snapshot.serial }, 'zone transferred');
    return seal.on(last ?? emptyReply(header, 'SERVFAIL'));
  }

  #inOneMessage({ header }: DnsMessage, zone: Zone, since: number, question: Buffer): Buffer {
    const start = { id: header.id, flags: answerFlags(header), question };
    const content: TransferContent | undefined = changesOnly(zone, since);
    if (content !== undefined) {
      const [only, more] = [...transferMessages(start, content.sets, 0)];
      if (only !== undefined && more === undefined && only.length <= UDP_BYTES) {
        this.#deps.metrics.transfers.labels(zone.name, content.kind).inc();
        return only;
      }
    }
    const [soaAlone] = [
      ...transferMessages(
        start,
        zone.sets(zone.name).filter(({ type }) => type === 'SOA'),
        0,
      ),
    ];
    return soaAlone ?? emptyReply(header, 'SERVFAIL', question);
  }
}

/** False when whoever asked has gone. */
async function sent(message: Buffer, more: DnsMessage['source']['more'], signal: AbortSignal): Promise<boolean> {
  try {
    if (more !== undefined) await untilAborted(more(message), signal);
    return true;
  } catch (err) {
    if (err instanceof ClientGone) return false;
    throw err;
  }
}
