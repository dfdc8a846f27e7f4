import { createServer } from 'node:net';

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
 * The next block in which `port` is free at the API server's address and which `taken` does not name. Blocks come in
 * order, so a fleet that starts anew gets the same addresses. Throws when there is none.
 */
export async function freeBlock(port: number, taken: ReadonlySet<number>): Promise<number> {
  for (let block = FIRST_BLOCK; block <= LAST_BLOCK; block++) {
    if (!taken.has(block) && (await canListen(apiAddress(block), port))) return block;
  }
  throw new Error(`no block of 127.0.0.0/8 has port ${port} free`);
}
