import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { StorageError, type Revision } from '../storage.ts';
import { damaged, decodeLogRecord, encodeLogRecord, encodeNumber, decodeNumber, type LogRecord } from './record.ts';

/**
 * A snapshot: the magic; pieces, each after its length; a length of zero; the SHA-256 of all before it. The first piece
 * is the header as JSON, the others are versions of keys (V, revision, log record) and expiries (E, time, key).
 */
const MAGIC = Buffer.from('koinon snapshot\n');
const FORMAT = 1;
const LENGTH_BYTES = 4;
const REVISION_BYTES = 6;
const HASH_BYTES = 32;
const MAX_PIECE_BYTES = 16 * 1024 * 1024;
/** Pieces are written in chunks of about this size. */
const CHUNK_BYTES = 256 * 1024;
const VERSION = Buffer.from('V');
const EXPIRY = Buffer.from('E');

export interface SnapshotHeader {
  readonly format: number;
  /** Whose data it is. */
  readonly name: string;
  readonly revision: Revision;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

export type SnapshotPiece =
  | { readonly type: 'header'; readonly header: SnapshotHeader }
  | { readonly type: 'version'; readonly record: LogRecord }
  | { readonly type: 'expiry'; readonly key: string; readonly at: number };

export type SnapshotContent = Exclude<SnapshotPiece, { readonly type: 'header' }>;

export function* encodeSnapshot(
  header: Omit<SnapshotHeader, 'format'>,
  content: Iterable<SnapshotContent>,
): Generator<Buffer, undefined> {
  const hash = createHash('sha256');
  let waiting: Buffer[] = [MAGIC, ...framed([Buffer.from(JSON.stringify({ format: FORMAT, ...header }))])];
  let size = 0;
  const flush = () => {
    const chunk = Buffer.concat(waiting);
    hash.update(chunk);
    waiting = [];
    size = 0;
    return chunk;
  };
  for (const piece of content) {
    const parts = framed(encodePiece(piece));
    waiting.push(...parts);
    for (const part of parts) size += part.length;
    if (size >= CHUNK_BYTES) yield flush();
  }
  waiting.push(Buffer.alloc(LENGTH_BYTES));
  yield flush();
  yield hash.digest();
}

function encodePiece(piece: SnapshotContent): Buffer[] {
  if (piece.type === 'expiry') return [EXPIRY, encodeNumber(piece.at), Buffer.from(piece.key)];
  return [VERSION, encodeNumber(piece.record.revision), encodeLogRecord(piece.record)];
}

function framed(parts: readonly Buffer[]): Buffer[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  return [length, ...parts];
}

/** Everything in a snapshot, its header first. Throws `Unavailable`: at the end when the checksum is wrong. */
export async function* readSnapshot(path: string): AsyncGenerator<SnapshotPiece, undefined> {
  const input = new Input(path);
  try {
    const magic = await input.take(MAGIC.length);
    if (!magic.equals(MAGIC)) throw new StorageError('Unavailable', path, 'the file is not a snapshot of koinon');
    for (let first = true; ; first = false) {
      const length = (await input.take(LENGTH_BYTES)).readUInt32BE();
      if (length === 0) break;
      if (length > MAX_PIECE_BYTES) throw brokenSnapshot(path);
      const bytes = await input.take(length);
      yield first ? { type: 'header', header: headerOf(bytes, path) } : contentOf(bytes);
    }
    const found = input.digest();
    if (!(await input.take(HASH_BYTES)).equals(found) || !(await input.isAtEnd())) throw brokenSnapshot(path);
  } catch (cause) {
    if (cause instanceof StorageError && cause.key === path) throw cause;
    throw brokenSnapshot(path, cause);
  } finally {
    input.close();
  }
}

function brokenSnapshot(path: string, cause?: unknown): StorageError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const detail = missing ? 'there is no such file' : 'the snapshot is damaged or cut off: its checksum does not match';
  return new StorageError('Unavailable', path, detail, cause === undefined ? undefined : { cause });
}

function headerOf(bytes: Buffer, path: string): SnapshotHeader {
  const header: unknown = JSON.parse(bytes.toString());
  const format = typeof header === 'object' && header !== null && 'format' in header ? Number(header.format) : 0;
  if (format > FORMAT) {
    const detail = `the snapshot has format ${format}, this version knows formats up to ${FORMAT}: a newer one wrote it`;
    throw new StorageError('Unavailable', path, detail);
  }
  // @NOTE encodeSnapshot wrote it; whoever restores reads up to the checksum before believing any of it.
  return header as SnapshotHeader;
}

function contentOf(bytes: Buffer): SnapshotContent {
  const number = decodeNumber(bytes.subarray(1));
  const rest = bytes.subarray(1 + REVISION_BYTES);
  if (bytes[0] === EXPIRY[0]) return { type: 'expiry', at: number, key: rest.toString() };
  if (bytes[0] === VERSION[0]) return { type: 'version', record: decodeLogRecord(number, rest) };
  throw damaged('a piece of the snapshot');
}

/** A file from its beginning, as many bytes as are asked for, and the checksum of what was taken. */
class Input {
  readonly #stream: AsyncIterator<Buffer>;
  readonly #hash: Hash = createHash('sha256');
  readonly close: () => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    // @NOTE a stream without an encoding gives buffers.
    this.#stream = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.close = () => {
      stream.destroy();
    };
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [this.#rest];
    let size = this.#rest.length;
    while (size < length) {
      const { done = false, value } = await this.#next();
      if (done || value === undefined) throw new Error('the file ends too early');
      parts.push(value);
      size += value.length;
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = all.subarray(length);
    const taken = all.subarray(0, length);
    this.#hash.update(taken);
    return taken;
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && (await this.#next()).done === true;
  }

  /** Of what has been taken so far. */
  digest(): Buffer {
    return this.#hash.copy().digest();
  }

  #next(): Promise<IteratorResult<Buffer, undefined>> {
    // @NOTE its return value is undefined, as that of every stream's iterator.
    return this.#stream.next() as Promise<IteratorResult<Buffer, undefined>>;
  }
}
