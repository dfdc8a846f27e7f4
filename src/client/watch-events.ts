import { parseJson, StatusError, type KubeObject } from '../apimachinery/index.ts';
import type { ObjectEvent, WatchEvent } from './client.ts';

const NEWLINE = 0x0a;

/** The events of a watch's body: one JSON document a line. Throws what an ERROR event says. */
export async function* watchEvents<T extends KubeObject>(body: AsyncIterable<Buffer>): AsyncGenerator<ObjectEvent<T>> {
  for await (const lines of completeLines(body)) {
    for (const line of lines.split('\n')) {
      if (line === '') continue;
      // @NOTE the server serves this resource, whose objects are T.
      const event = parseJson(line) as WatchEvent<T>;
      if (event.type === 'ERROR') throw new StatusError(event.object);
      yield event;
    }
  }
}

/**
 * Text up to the last newline of what came. Bytes are only decoded when their line is complete, so that no character
 * is ever cut, and an object of many chunks is put together once.
 */
async function* completeLines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const complete = chunk.subarray(0, end);
    yield rest.length === 0 ? complete.toString('utf8') : Buffer.concat([...rest, complete]).toString('utf8');
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
  }
}
