import { connectionError } from './http2-error.ts';
import { CODE, FLAG, FRAME } from './protocol.ts';
import type { Frame } from './frame-reader.ts';

/** A block of headers, put together. */
export interface HeaderBlock {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly bytes: Buffer;
}

/** What comes in so many parts is meant to do harm: RFC 9113 §10.5.1. */
const MAX_CONTINUATIONS = 64;

/** Puts HEADERS and their CONTINUATIONs together; nothing else may come in between (RFC 9113 §4.3). */
export class HeaderBlocks {
  readonly #maxBytes: number;
  #begun:
    { readonly streamId: number; readonly endsStream: boolean; readonly parts: Buffer[]; bytes: number } | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The block that a frame completes. Throws for a frame out of place. */
  take(frame: Frame): HeaderBlock | undefined {
    if (frame.type === FRAME.headers) this.#begin(frame);
    else this.#continue(frame);
    if ((frame.flags & FLAG.endHeaders) === 0 || this.#begun === undefined) return undefined;
    const { streamId, endsStream, parts, bytes } = this.#begun;
    this.#begun = undefined;
    const [only] = parts;
    return {
      streamId,
      endsStream,
      bytes: parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, bytes),
    };
  }

  /** Throws where a block was begun that `frame` does not go on with. */
  check({ type }: Frame): void {
    if (this.#begun !== undefined && type !== FRAME.continuation) {
      throw connectionError('a frame within a header block');
    }
  }

  #begin(frame: Frame): void {
    const { streamId, flags } = frame;
    const content = unpadded(frame);
    const skipped = (flags & FLAG.priority) === 0 ? 0 : 5;
    if (content.length < skipped) throw connectionError('a frame is too short', CODE.frameSizeError);
    const part = content.subarray(skipped);
    this.#begun = { streamId, endsStream: (flags & FLAG.endStream) !== 0, parts: [part], bytes: part.length };
  }

  #continue({ streamId, payload }: Frame): void {
    const begun = this.#begun;
    if (begun?.streamId !== streamId) throw connectionError('a CONTINUATION of nothing');
    begun.parts.push(payload);
    begun.bytes += payload.length;
    if (begun.bytes > this.#maxBytes || begun.parts.length > MAX_CONTINUATIONS) {
      throw connectionError('a header block has no end', CODE.enhanceYourCalm);
    }
  }
}

/** RFC 9113 §6.1: the length of the padding comes first, and the padding last. */
export function unpadded({ flags, payload }: Frame): Buffer {
  if ((flags & FLAG.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined) throw connectionError('a frame is too short', CODE.frameSizeError);
  if (padding >= payload.length) throw connectionError('a frame is nothing but padding');
  return payload.subarray(1, payload.length - padding);
}
