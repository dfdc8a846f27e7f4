import { connect } from 'node:http2';

export interface GrpcTarget {
  readonly host: string;
  readonly port: number;
  readonly service: string;
}

const PATH = '/grpc.health.v1.Health/Check';
/** `HealthCheckResponse.status` is field 1, an enum; `SERVING` is 1. */
const STATUS_FIELD = 0x08;
const SERVING = 1;
const PREFIX_BYTES = 5;
const ANSWER_BYTES = 4096;

/** Asks the health service of gRPC; rejects with what it says unless it serves. */
export async function probeGrpc({ host, port, service }: GrpcTarget, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const session = connect(`http://${host}:${port}`);
  const abort = () => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', abort, { once: true });
  session.once('error', reject);
  try {
    const headers = { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request(headers);
    const chunks: Buffer[] = [];
    let size = 0;
    let code = '';
    const seen = (fields: object) => {
      if ('grpc-status' in fields) code = String(fields['grpc-status']);
    };
    stream.once('error', reject).on('response', seen).on('trailers', seen);
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > ANSWER_BYTES) reject(new Error('the answer is too large'));
      else chunks.push(chunk);
    });
    stream.once('end', () => {
      if (code !== '0') reject(new Error(`the health check failed with gRPC status ${code || 'none'}`));
      else if (isServing(Buffer.concat(chunks))) resolve(undefined);
      else reject(new Error(`service ${JSON.stringify(service)} is not serving`));
    });
    stream.end(request(service));
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    session.destroy();
  }
}

/** `HealthCheckRequest { string service = 1 }` behind the prefix that every message has. */
function request(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length > 127) throw new Error('the name of the service is too long');
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function isServing(answer: Buffer): boolean {
  return answer[PREFIX_BYTES] === STATUS_FIELD && answer[PREFIX_BYTES + 1] === SERVING;
}
