import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ProxyTarget } from './connection.ts';
import { requestOptions, unreachable } from './proxy.ts';
import type { UpgradeRequest } from './websocket.ts';

const LISTENERS = 30;

/** Passes an upgrade on and then carries bytes, whatever protocol they are of. Rejects as long as nothing was answered. */
export async function proxyUpgrade(
  target: ProxyTarget,
  { request, socket, head, headers }: UpgradeRequest,
  { query, signal }: { readonly query: string; readonly signal: AbortSignal },
): Promise<void> {
  const options = requestOptions(target, { method: request.method ?? 'GET', headers: request.headers, query });
  const { upgrade = '' } = request.headers;
  const passed: OutgoingHttpHeaders = { ...options.headers, connection: 'Upgrade', upgrade };
  const outgoing = (target.scheme === 'https' ? httpsRequest : httpRequest)({
    ...options,
    headers: passed,
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  outgoing.once('error', reject);
  outgoing.once('upgrade', (response, stream, first) => {
    resolve({ response, stream, first });
  });
  outgoing.once('response', (response) => {
    resolve({ response });
  });
  outgoing.end();
  let answer: Answer;
  try {
    answer = await promise;
  } catch (err) {
    throw unreachable(err);
  }
  writeHead(socket, answer.response, headers);
  const { stream, first } = answer;
  if (stream === undefined) {
    await Promise.allSettled([pipeline(answer.response, socket)]);
    return;
  }
  if (head.length > 0) stream.write(head);
  if (first !== undefined && first.length > 0) socket.write(first);
  // Those of both directions are more than Node expects of a program without a leak.
  for (const end of [socket, stream]) end.setMaxListeners(LISTENERS);
  await Promise.allSettled([pipeline(socket, stream), pipeline(stream, socket)]);
  stream.destroy();
  socket.destroy();
}

interface Answer {
  readonly response: IncomingMessage;
  readonly stream?: Duplex;
  readonly first?: Buffer;
}

function writeHead(socket: Duplex, response: IncomingMessage, own: Readonly<Record<string, string>>): void {
  const { rawHeaders, statusCode = 502, statusMessage = '' } = response;
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    // The body of a refusal comes without chunks, and ends with the connection.
    if (statusCode === 101 || !/^(transfer-encoding|connection)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  if (statusCode !== 101) lines.push('Connection: close');
  for (const [name, value] of Object.entries(own)) lines.push(`${name}: ${value}`);
  socket.write([...lines, '', ''].join('\r\n'));
}
