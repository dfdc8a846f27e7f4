import { createServer, type Server } from 'node:net';

/** Blocks of loopback, `127.B.0.0/16`, are tried from here on, so that 127.0 and 127.1, which people use, stay free. */
const FIRST_BLOCK = 16;
const LAST_BLOCK = 254;

export function apiAddress(block: number): string {
  return `127.${block}.0.1`;
}

/** Whether something can listen there now. Rejects on anything but a busy or refused address. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (err: NodeJS.ErrnoException) => {
      if (err.code === 'EADDRINUSE') resolve(false);
      else reject(err);
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * Blocks that this process has for itself. Each is claimed by an abstract socket, which like loopback belongs to the
 * network namespace and ends with its process: fleets that start at once never choose the same.
 */
export class BlockClaims implements AsyncDisposable {
  readonly #claims = new Map<number, Server>();

  /** Resolves to whether the block is ours. */
  async claim(block: number): Promise<boolean> {
    if (this.#claims.has(block)) return true;
    const server = createServer();
    const claimed = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (err: NodeJS.ErrnoException) => {
        if (err.code === 'EADDRINUSE') resolve(false);
        else reject(err);
      });
      server.listen(`\0koinon/127.${block}`, () => {
        resolve(true);
      });
    });
    if (claimed) this.#claims.set(block, server);
    return claimed;
  }

  /**
   * Claims the next block in which `port` is free at the API server's address and which `taken` does not name. Blocks
   * come in order, so a fleet that starts anew gets the same addresses. Rejects when there is none.
   */
  async claimFree(port: number, taken: ReadonlySet<number>): Promise<number> {
    for (let block = FIRST_BLOCK; block <= LAST_BLOCK; block++) {
      if (taken.has(block) || this.#claims.has(block) || !(await this.claim(block))) continue;
      if (await canListen(apiAddress(block), port)) return block;
      await this.release(block);
    }
    throw new Error(`no block of 127.0.0.0/8 has port ${port} free`);
  }

  async release(block: number): Promise<void> {
    const server = this.#claims.get(block);
    this.#claims.delete(block);
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const block of [...this.#claims.keys()]) await this.release(block);
  }
}
