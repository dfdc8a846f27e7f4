import type { PartedBytes } from '../registry/codec.ts';

const COMMA = ','.charCodeAt(0);

export interface Envelope {
  readonly opening: string;
  readonly closing: string;
  /** How an item begins that is in two parts; as it says itself when absent. */
  readonly itemHead?: Buffer;
}

/** One buffer of the items with commas between them: nothing is copied twice, however long the list is. */
export function joinedItems(
  { opening, closing, itemHead }: Envelope,
  items: readonly (PartedBytes | Buffer)[],
): Buffer {
  const headOf = (item: PartedBytes) => itemHead ?? item.head;
  let size = Buffer.byteLength(opening) + Buffer.byteLength(closing) + Math.max(0, items.length - 1);
  for (const item of items) size += Buffer.isBuffer(item) ? item.length : headOf(item).length + item.tailSize;
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = bytes.write(opening);
  for (const [index, item] of items.entries()) {
    if (index > 0) at = bytes.writeUInt8(COMMA, at);
    if (Buffer.isBuffer(item)) {
      at += item.copy(bytes, at);
      continue;
    }
    const head = headOf(item);
    bytes.set(head, at);
    item.writeTail(bytes, at + head.length);
    at += head.length + item.tailSize;
  }
  bytes.write(closing, at);
  return bytes;
}
