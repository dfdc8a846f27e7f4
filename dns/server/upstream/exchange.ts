import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { withDeadline } from '../../../src/component-base/index.ts';
import type { DnsAddress } from '../dns-address.ts';
import { HEADER_BYTES, DnsError, rcodes } from '../../packet/index.ts';

/** A server that is there answers within this; then the next one is asked. */
const ATTEMPT_MS = 1_500;
/** Clients give up after five seconds (resolv.conf(5)). */
const DEADLINE_MS = 4_500;

const TRUNCATED = 0x0200;
const RESPONSE = 0x8000;

/** One question as a packet, and how much of it an answer must repeat. */
export interface OutgoingQuestion {
  readonly packet: Buffer;
  readonly questionBytes: number;
}

/** Is told how each server that was asked did. */
export interface ExchangeNotes {
  answered(server: DnsAddress): void;
  silent(server: DnsAddress): void;
}

/**
 * The first good answer that one of the servers, asked in their order, gives: over UDP, and over TCP where it is cut
 * short. When all only say that they cannot, the last one's answer. Throws a SERVFAIL when none says anything.
 */
export async function exchange(
  servers: readonly DnsAddress[],
  question: OutgoingQuestion,
  parent: AbortSignal,
  notes: ExchangeNotes,
): Promise<Buffer> {
  const deadline = withDeadline(DEADLINE_MS, parent);
  let unwilling: Buffer | undefined;
  let cause: unknown;
  for (const server of servers) {
    try {
      const reply = await attempt(server, question, withDeadline(ATTEMPT_MS, deadline));
      notes.answered(server);
      if (isUseful(reply)) return reply;
      unwilling = reply;
    } catch (err) {
      cause = err;
      if (!parent.aborted) notes.silent(server);
      if (deadline.aborted) break;
    }
  }
  if (unwilling !== undefined) return unwilling;
  throw new DnsError('SERVFAIL', 'no upstream server answers', { cause, extendedError: 'noReachableAuthority' });
}

function isUseful(reply: Buffer): boolean {
  const rcode = reply.readUInt16BE(2) & 0xf;
  return rcode === rcodes.NOERROR || rcode === rcodes.NXDOMAIN;
}

async function attempt(server: DnsAddress, question: OutgoingQuestion, signal: AbortSignal): Promise<Buffer> {
  const reply = await overUdp(server, question, signal);
  return (reply.readUInt16BE(2) & TRUNCATED) === 0 ? reply : overTcp(server, question, signal);
}

/** The answer is to this very question: same id, same bytes (RFC 5452 §4). */
function answers(reply: Buffer, { packet, questionBytes }: OutgoingQuestion): boolean {
  const end = HEADER_BYTES + questionBytes;
  if (reply.length < end || (reply.readUInt16BE(2) & RESPONSE) === 0) return false;
  if (reply.readUInt16BE(0) !== packet.readUInt16BE(0) || reply.readUInt16BE(4) !== 1) return false;
  return reply.subarray(HEADER_BYTES, end).equals(packet.subarray(HEADER_BYTES, end));
}

async function overUdp({ host, port }: DnsAddress, question: OutgoingQuestion, signal: AbortSignal): Promise<Buffer> {
  const reply = Promise.withResolvers<Buffer>();
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const stop = failOnAbort(signal, reply.reject);
  socket.on('error', reply.reject);
  socket.on('message', (message) => {
    if (answers(message, question)) reply.resolve(message);
  });
  // Connected, so that a port nobody listens on is known at once.
  socket.connect(port, host, (err?: Error) => {
    if (err === undefined) socket.send(question.packet);
    else reply.reject(err);
  });
  try {
    return await reply.promise;
  } finally {
    stop();
    socket.close();
  }
}

async function overTcp(server: DnsAddress, question: OutgoingQuestion, signal: AbortSignal): Promise<Buffer> {
  const reply = Promise.withResolvers<Buffer>();
  const socket = connect(server);
  const stop = failOnAbort(signal, reply.reject);
  let received = Buffer.alloc(0);
  socket.on('error', reply.reject);
  socket.on('close', () => {
    reply.reject(new Error('the upstream server closed the connection'));
  });
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    const message = received.subarray(2, 2 + received.readUInt16BE(0));
    if (answers(message, question)) reply.resolve(message);
    else reply.reject(new Error('the upstream server answered another question'));
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(question.packet.length);
  socket.write(Buffer.concat([length, question.packet]));
  try {
    return await reply.promise;
  } finally {
    stop();
    socket.destroy();
  }
}

/** Returns how to stop minding the signal. */
function failOnAbort(signal: AbortSignal, fail: (reason: unknown) => void): () => void {
  const onAbort = () => {
    fail(signal.reason);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
  };
}
