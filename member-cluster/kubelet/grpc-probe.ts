import { connect, type IncomingHttpHeaders } from 'node:http2';

export interface GrpcTarget {
  readonly host: string;
  readonly port: number;
  readonly service: string;
}

const PATH = '/grpc.health.v1.Health/Check';
/** `HealthCheckResponse.status` is field 1, an enum of these; absent for the first of them. */
const STATUS_FIELD = 0x08;
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const [OK, UNIMPLEMENTED] = ['0', '12'];
const HEADERS = { 'content-type': 'application/grpc', te: 'trailers', 'user-agent': 'kube-probe' };
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
    const headers = { ':method': 'POST', ':path': PATH, ...HEADERS };
    const stream = session.request(headers);
    const chunks: Buffer[] = [];
    let size = 0;
    let outcome: Outcome = { code: 'none', message: '' };
    const seen = (fields: IncomingHttpHeaders) => {
      const { 'grpc-status': code, 'grpc-message': message = '' } = fields;
      if (code !== undefined) outcome = { code: String(code), message: String(message) };
    };
    stream.once('error', reject).on('response', seen).on('trailers', seen);
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > ANSWER_BYTES) reject(new Error('the answer is too large'));
      else chunks.push(chunk);
    });
    stream.once('end', () => {
      const problem = problemOf(outcome, Buffer.concat(chunks));
      if (problem === undefined) resolve(undefined);
      else reject(new Error(problem));
    });
    stream.end(request(service));
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    session.destroy();
  }
}

interface Outcome {
  /** The number of `grpc-status`. */
  readonly code: string;
  readonly message: string;
}

function problemOf({ code, message }: Outcome, answer: Buffer): string | undefined {
  if (code === UNIMPLEMENTED) return 'this server does not implement the grpc health protocol (grpc.health.v1.Health)';
  if (code !== OK) return `health rpc probe failed: rpc error: code = ${code} desc = ${message}`;
  const status = answer[PREFIX_BYTES] === STATUS_FIELD ? (answer[PREFIX_BYTES + 1] ?? 0) : 0;
  return status === 1 ? undefined : `service unhealthy (responded with ${JSON.stringify(STATUSES[status] ?? status)})`;
}

/** `HealthCheckRequest { string service = 1 }` behind the prefix that every message has. */
function request(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
