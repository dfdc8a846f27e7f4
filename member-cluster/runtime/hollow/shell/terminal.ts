import { PassThrough, Writable, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

const INTERRUPT = 3;
const END = 4;
const BACKSPACE = [8, 127];

/** A terminal's line discipline: what is typed is shown, can be corrected, and is read by whole lines. */
export class Terminal {
  readonly input = new PassThrough();
  readonly output: Writable;
  readonly #screen: Writable;
  readonly #interrupted: () => void;
  #line: number[] = [];

  constructor(stdin: Readable | undefined, screen: Writable, interrupted: () => void) {
    this.#screen = screen;
    this.#interrupted = interrupted;
    this.output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#show(chunk.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), done);
      },
    }).on('error', () => undefined);
    stdin?.on('data', (chunk: Buffer) => {
      for (const byte of chunk) this.#type(byte);
    });
    stdin?.once('end', () => this.input.end());
    if (stdin === undefined) this.input.end();
  }

  /** All that was written is on the screen. */
  async flush(): Promise<void> {
    await Promise.allSettled([finished(this.output.end())]);
  }

  #type(byte: number): void {
    if (byte === INTERRUPT) {
      this.#line = [];
      this.#show('^C\r\n');
      this.#interrupted();
    } else if (byte === END) {
      if (this.#line.length === 0) this.input.end();
    } else if (BACKSPACE.includes(byte)) {
      if (this.#line.pop() !== undefined) this.#show('\b \b');
    } else if (byte === 13 || byte === 10) {
      this.#show('\r\n');
      if (!this.input.writableEnded) this.input.write(Buffer.from([...this.#line, 10]));
      this.#line = [];
    } else {
      this.#line.push(byte);
      this.#show(String.fromCharCode(byte));
    }
  }

  #show(text: string, done?: (err?: Error | null) => void): void {
    if (this.#screen.writable) this.#screen.write(Buffer.from(text, 'latin1'), done);
    else done?.();
  }
}
