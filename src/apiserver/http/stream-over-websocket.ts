import { acceptWebSocket, offeredProtocols, type UpgradeRequest } from '../streaming/websocket.ts';
import type { StreamingAnswer } from './api-request.ts';

/** What may wait for a slow reader, beside what the first turn of the event loop brought. */
const BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * A stream of events with a frame of text for each, until it ends or the client is gone. What the client says is not
 * heard; who reads too slowly is cut off, and
 * everybody when `signal` aborts.
 */
export async function streamOverWebSocket(
  answer: StreamingAnswer,
  upgrade: UpgradeRequest,
  signal: AbortSignal,
): Promise<void> {
  const [protocol = ''] = offeredProtocols(upgrade.request);
  const webSocket = await acceptWebSocket(upgrade, protocol);
  const gone = new AbortController();
  const { promise: closed, resolve } = Promise.withResolvers<undefined>();
  webSocket.once('close', () => {
    gone.abort(new Error('the client is gone'));
    resolve(undefined);
  });
  let limit: number | undefined;
  let isScheduled = false;
  const cutSlow = () => {
    isScheduled = false;
    limit ??= BUFFER_BYTES + webSocket.bufferedAmount;
    if (webSocket.bufferedAmount > limit) webSocket.terminate();
  };
  await answer.run(
    (chunk) => {
      webSocket.send(chunk, { binary: false });
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(cutSlow);
    },
    AbortSignal.any([signal, gone.signal]),
  );
  if (signal.aborted) webSocket.terminate();
  else webSocket.close();
  await closed;
}
