import type { Source } from './parse-query.ts';

/** A packet in, the packet to send back out; undefined where none is due. Throws nothing, whatever the packet. */
export type Responder = (
  packet: Buffer,
  source: Source,
  signal: AbortSignal,
) => Buffer | undefined | Promise<Buffer | undefined>;
