import { crc32 } from 'node:zlib';

const SUM_DIGITS = 8;
const NEWLINE = 10;

/** `checksum JSON`, on a line of its own. */
export function logLine(content: unknown): Buffer {
  const json = JSON.stringify(content);
  const sum = crc32(json).toString(16).padStart(SUM_DIGITS, '0');
  return Buffer.from(`${sum} ${json}\n`);
}

/** What a line (without its end) says; undefined where it is not whole. */
function parseLogLine(line: Buffer): { readonly content: unknown } | undefined {
  const json = line.subarray(SUM_DIGITS + 1);
  const sum = crc32(json).toString(16).padStart(SUM_DIGITS, '0');
  if (line.length <= SUM_DIGITS || line.toString('latin1', 0, SUM_DIGITS + 1) !== `${sum} `) return undefined;
  const content: unknown = JSON.parse(json.toString());
  return { content };
}

/**
 * What the lines say, and where the last one ends. What follows it was being written when the power went, and never
 * acknowledged: it is left out. Throws when there is a whole line after one that is not: then something is lost.
 */
export class LogLines {
  /** Of a line whose end has not come yet. */
  #rest: Buffer[] = [];
  #end = 0;
  #torn = false;

  /** Where the last whole line ends. */
  get end(): number {
    return this.#end;
  }

  /** Takes the next bytes of the file. */
  *take(chunk: Buffer): IterableIterator<unknown> {
    this.#rest.push(chunk);
    if (!chunk.includes(NEWLINE)) return;
    const bytes = Buffer.concat(this.#rest);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      const parsed = parseLogLine(bytes.subarray(from, to));
      if (parsed === undefined) this.#torn = true;
      else if (this.#torn) throw new Error(`what it says at byte ${this.#end} is not what was written`);
      else {
        this.#end += to + 1 - from;
        yield parsed.content;
      }
      from = to + 1;
    }
    this.#rest = [bytes.subarray(from)];
  }
}
