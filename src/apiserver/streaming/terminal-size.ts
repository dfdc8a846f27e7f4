import type { TerminalSize } from './connection.ts';

const LIMIT = 64 * 1024;

/** Reads sizes as they come on the resize stream: JSON objects one after the other, however they are cut. */
export class TerminalSizes {
  readonly #tell: (size: TerminalSize) => void;
  #rest = '';

  constructor(tell: (size: TerminalSize) => void) {
    this.#tell = tell;
  }

  read(chunk: Buffer): void {
    this.#rest += chunk.toString();
    for (let end = this.#rest.indexOf('}'); end >= 0; end = this.#rest.indexOf('}')) {
      const text = this.#rest.slice(0, end + 1);
      this.#rest = this.#rest.slice(end + 1);
      const size = sizeOf(text);
      if (size !== undefined) this.#tell(size);
    }
    if (this.#rest.length > LIMIT) this.#rest = '';
  }
}

/** `undefined`: it is none, which clients are not told. */
function sizeOf(text: string): TerminalSize | undefined {
  const [, width] = /"Width":\s*(\d+)/i.exec(text) ?? [];
  const [, height] = /"Height":\s*(\d+)/i.exec(text) ?? [];
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) };
}
