import type { QueryHeader, Source } from './parse-query.ts';

/** A whole message of which no more is known than its header, and what made it no ordinary question. */
export interface DnsMessage {
  readonly packet: Buffer;
  readonly header: QueryHeader;
  /** Of the first question; absent where there is none. */
  readonly questionType: number | undefined;
  readonly source: Source;
}

/** Answers an ordinary question as the server does for anybody; for questions that came signed, without signature. */
export type AnswerPlainly = (packet: Buffer) => Promise<Buffer | undefined>;

/**
 * Takes what is no ordinary question: messages of opcodes that it names, zone transfers (AXFR, IXFR), and whatever is
 * signed with TSIG.
 */
export interface MessageHandler {
  /** Beside QUERY, which it gets for transfers and signed questions only. */
  readonly opcodes: ReadonlySet<number>;
  /**
   * The one message to send back, or the last of several: those before it go out by `source.more`. None where it is
   * better to say nothing. A throw is a SERVFAIL.
   */
  answer(message: DnsMessage, plainly: AnswerPlainly, signal: AbortSignal): Promise<Buffer | undefined>;
}
