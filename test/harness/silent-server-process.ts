import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

interface Setting {
  readonly protocol: 'h2' | 'http/1.1';
  readonly key: string;
  readonly cert: string;
}

const EVENT =
  '{"type":"ADDED","object":{"apiVersion":"v1","kind":"Thing","metadata":{"name":"a","resourceVersion":"1"}}}\n';

process.once('message', (message) => {
  // @NOTE the only message that the parent sends.
  const { protocol, key, cert } = message as Setting;
  const answer = (response: { writeHead(status: number): unknown; write(text: string): unknown }) => {
    response.writeHead(200);
    response.write(EVENT);
  };
  const server =
    protocol === 'h2'
      ? createSecureServer({ key, cert }, (_, response) => {
          answer(response);
        })
      : createServer({ key, cert }, (_, response) => {
          answer(response);
        });
  server.listen(0, '127.0.0.1', () => {
    // @NOTE a TCP server that listens has an address with a port.
    process.send?.((server.address() as AddressInfo).port);
  });
});
