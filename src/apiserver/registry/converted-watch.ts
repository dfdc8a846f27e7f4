import { apiVersionOf, deepFreeze, expired, type Resource } from '../../apimachinery/index.ts';
import type { Version } from './codec.ts';
import type { OpenWatch, ServedEvent } from './watch.ts';

/** Events that may wait for their conversion: a webhook that is slower than that for long has its watches begin anew. */
const MAX_WAITING = 10_000;

type Shown = Pick<Resource, 'group' | 'version' | 'kind'>;

/** The same watch in another version. Events stay in their order, though each may have to wait for its conversion. */
export function convertedWatch(
  watch: OpenWatch,
  shown: Shown,
  convert: (version: Version) => Version | Promise<Version>,
): OpenWatch {
  return {
    run: async (emit, signal) => {
      const ended = new AbortController();
      const stop = AbortSignal.any([signal, ended.signal]);
      const queue = new Conversions(emit, (event) => convertEvent(event, shown, convert));
      const fail = (err: unknown) => {
        ended.abort(err);
      };
      await watch.run((event) => {
        queue.add(event, fail);
      }, stop);
      await queue.done();
      if (ended.signal.aborted) throw ended.signal.reason;
    },
  };
}

/** One after another; without a detour for what needs no waiting. */
class Conversions {
  readonly #emit: (event: ServedEvent) => void;
  readonly #convert: (event: ServedEvent) => ServedEvent | Promise<ServedEvent>;
  #last: Promise<void> | undefined;
  #waiting = 0;

  constructor(emit: (event: ServedEvent) => void, convert: (event: ServedEvent) => ServedEvent | Promise<ServedEvent>) {
    this.#emit = emit;
    this.#convert = convert;
  }

  add(event: ServedEvent, fail: (err: unknown) => void): void {
    if (this.#last === undefined) {
      const converted = this.#convert(event);
      if (!(converted instanceof Promise)) {
        this.#emit(converted);
        return;
      }
      this.#follow(converted, fail);
      return;
    }
    if (this.#waiting >= MAX_WAITING) {
      fail(expired('conversion is slower than the changes that are to be told'));
      return;
    }
    this.#follow(
      this.#last.then(() => this.#convert(event)),
      fail,
    );
  }

  async done(): Promise<void> {
    await this.#last;
  }

  #follow(converted: Promise<ServedEvent>, fail: (err: unknown) => void): void {
    this.#waiting += 1;
    const settled = converted.then(this.#emit, fail).then(() => {
      this.#waiting -= 1;
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
  }
}

function convertEvent(
  event: ServedEvent,
  shown: Shown,
  convert: (version: Version) => Version | Promise<Version>,
): ServedEvent | Promise<ServedEvent> {
  if (event.type === 'BOOKMARK') return { type: event.type, version: renamed(event.version, shown) };
  const version = convert(event.version);
  const { type } = event;
  return version instanceof Promise ? version.then((converted) => ({ type, version: converted })) : { type, version };
}

/** A bookmark is nothing but a position. */
function renamed({ object }: Version, shown: Shown): Version {
  const next = deepFreeze({ ...object, kind: shown.kind, apiVersion: apiVersionOf(shown) });
  return { object: next, bytes: Buffer.from(JSON.stringify(next)) };
}
