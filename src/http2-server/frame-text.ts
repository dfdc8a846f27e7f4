import { DEFAULT_FRAME_BYTES, FLAG, FRAME } from './protocol.ts';

/** Frames as text, of which each character is a byte: what a connection says in one turn is joined and written at once. */
export function frameText(type: number, flags: number, streamId: number, payload: string): string {
  const length = payload.length;
  const head = String.fromCharCode(
    ...[(length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff, type, flags],
    ...[(streamId >> 24) & 0x7f, (streamId >> 16) & 0xff, (streamId >> 8) & 0xff, streamId & 0xff],
  );
  return head + payload;
}

/** As many frames as the block takes: RFC 9113 §6.10. */
export function headersText(streamId: number, block: string, isLast: boolean): string {
  const end = isLast ? FLAG.endStream : FLAG.none;
  if (block.length <= DEFAULT_FRAME_BYTES) return frameText(FRAME.headers, end | FLAG.endHeaders, streamId, block);
  let text = frameText(FRAME.headers, end, streamId, block.slice(0, DEFAULT_FRAME_BYTES));
  for (let at = DEFAULT_FRAME_BYTES; at < block.length; at += DEFAULT_FRAME_BYTES) {
    const part = block.slice(at, at + DEFAULT_FRAME_BYTES);
    const flags = at + part.length === block.length ? FLAG.endHeaders : FLAG.none;
    text += frameText(FRAME.continuation, flags, streamId, part);
  }
  return text;
}

export function uint32Text(value: number): string {
  return String.fromCharCode((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

export function settingsText(settings: readonly (readonly [id: number, value: number])[]): string {
  return settings.map(([id, value]) => String.fromCharCode(id >> 8, id & 0xff) + uint32Text(value)).join('');
}
