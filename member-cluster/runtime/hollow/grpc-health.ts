import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** What a client that speaks HTTP/2 without TLS says first: RFC 9113 §3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n');
const CHECK = '/grpc.health.v1.Health/Check';
/** `HealthCheckResponse { ServingStatus status = 1 }` with `SERVING`, behind the prefix that every message has. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 1]);
const [OK, UNIMPLEMENTED] = ['0', '12'];

export function beginsHttp2(first: Buffer): boolean {
  return first.length > 0 && first.subarray(0, PREFACE.length).equals(PREFACE.subarray(0, first.length));
}

/** Every service of a hollow container serves, as every path of its HTTP does. It has no other calls. */
export function answerGrpc(stream: ServerHttp2Stream, { ':path': path = '' }: IncomingHttpHeaders): void {
  stream.on('error', () => undefined);
  stream.resume();
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (path !== CHECK) {
    stream.respond(
      { ...head, 'grpc-status': UNIMPLEMENTED, 'grpc-message': `unknown method ${path}` },
      { endStream: true },
    );
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': OK });
  });
  stream.end(SERVING);
}
