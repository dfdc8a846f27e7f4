import type { ServedEvent } from '../registry/watch.ts';

const HEADS = {
  ADDED: '{"type":"ADDED","object":',
  MODIFIED: '{"type":"MODIFIED","object":',
  DELETED: '{"type":"DELETED","object":',
  BOOKMARK: '{"type":"BOOKMARK","object":',
};
const TAIL = '}\n';

/**
 * The line that a watch sends of an event. All who watch the same things are told of an event one after the other, and
 * send the same bytes: those of the last event are kept for the next of them.
 */
export class EventLines {
  #last: { readonly event: ServedEvent; readonly line: Buffer } | undefined;

  of(event: ServedEvent): Buffer {
    const { type, version } = event;
    if (this.#last?.event.version === version && this.#last.event.type === type) return this.#last.line;
    const line = eventLine(type, version.bytes);
    this.#last = { event, line };
    return line;
  }
}

export function eventLine(type: ServedEvent['type'], object: Buffer): Buffer {
  const head = HEADS[type];
  const line = Buffer.allocUnsafeSlow(head.length + object.length + TAIL.length);
  line.write(head, 'latin1');
  line.set(object, head.length);
  line.write(TAIL, head.length + object.length, 'latin1');
  return line;
}
