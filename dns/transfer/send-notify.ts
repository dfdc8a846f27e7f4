import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../src/component-base/index.ts';
import { signRequest, type TsigKey } from '../tsig/index.ts';
import type { AnyRecordSet } from '../zone/index.ts';
import { notifyMessage } from './notify-message.ts';
import type { NotifyTarget } from './transfer-options.ts';

const RESPONSE = 0x8000;

/** Tells one server once; resolves when it has acknowledged it. Rejects when it refuses, or when `signal` aborts. */
export async function sendNotify(
  { host, port }: NotifyTarget,
  soa: AnyRecordSet,
  { key, clock }: { readonly key: TsigKey | undefined; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const id = randomInt(0x10000);
  const nowSeconds = () => Math.floor(clock.now() / 1000);
  const message = notifyMessage(id, soa);
  const signed = key === undefined ? undefined : signRequest(message, key, nowSeconds());
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const onAbort = () => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.on('error', reject);
  socket.on('message', (reply) => {
    if (reply.length < 12 || reply.readUInt16BE(0) !== id || (reply.readUInt16BE(2) & RESPONSE) === 0) return;
    try {
      signed?.replies.open(reply, nowSeconds());
    } catch (err) {
      reject(err instanceof Error ? err : new Error(String(err)));
      return;
    }
    const rcode = reply.readUInt16BE(2) & 0xf;
    if (rcode === 0) resolve(undefined);
    else reject(new Error(`it answers with rcode ${rcode}`));
  });
  socket.connect(port, host, (err?: Error) => {
    if (err === undefined) socket.send(signed?.packet ?? message);
    else reject(err);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.close();
  }
}
