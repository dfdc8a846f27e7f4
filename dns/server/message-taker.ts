import type { Logger } from '../../src/component-base/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import type { DnsMessage, MessageHandler } from './message-handler.ts';
import { reject } from './reject.ts';
import type { Responder } from './packet-responder.ts';

export interface MessageTakerDeps {
  readonly messages: MessageHandler | undefined;
  readonly log: Logger;
  readonly metrics: DnsMetrics;
}

/** Gives messages to their handler, whose failures are SERVFAILs. */
export function messageTaker({ messages, log, metrics }: MessageTakerDeps, respond: Responder) {
  return async (message: DnsMessage, signal: AbortSignal): Promise<Buffer | undefined> => {
    try {
      return await messages?.answer(message, async (packet) => respond(packet, message.source, signal), signal);
    } catch (err) {
      if (!signal.aborted) log.error({ err, client: message.source.client }, 'dns message not answered');
      return reject({ header: message.header, rcode: 'SERVFAIL' }, message.source, metrics);
    }
  };
}
