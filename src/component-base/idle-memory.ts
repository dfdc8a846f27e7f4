import { setFlagsFromString } from 'node:v8';
import type { Clock } from './clock.ts';
import { mallocTrim } from './malloc-trim.ts';

export interface IdleMemoryDeps {
  readonly clock: Clock;
  /** The share of the time since it was called last that this thread worked; the event loop's when absent. */
  readonly utilization?: () => number;
  /** Whether V8 is to save memory rather than time. */
  readonly favorMemory?: (favor: boolean) => void;
  /** Has malloc give back what V8 has given back to it. */
  readonly trim?: () => Promise<void>;
}

const LOOK_MS = 1_000;
const BUSY = 0.2;
/** What works a little all the time, such as for many watchers, would pay for each look with a collection. */
const IDLE = 0.05;
/** V8's memory reducer looks so often whether it may begin, and collects twice. */
const REDUCER_DELAY_MS = 8_000;
/** Until it is told otherwise it waits for half a minute, and one such wait may be under way. */
const LOOKS = 45;
/** What V8 has let go of by then goes back to the system. */
const LOOKS_BETWEEN_TRIMS = 15;

/**
 * Lets V8 and malloc give memory back once a burst of work is over, until it is disposed. V8 has a collector for that,
 * which takes an idle server for a busy page and never begins; for a while after work it is told that memory counts more.
 */
export function giveBackWhenIdle({
  clock,
  utilization = eventLoopShare(),
  favorMemory = favorMemoryOfV8(),
  trim = mallocTrim(),
}: IdleMemoryDeps): Disposable {
  /** How long the collector is still given; 0 before there was work. */
  let looksLeft = 0;
  let isFavored = false;
  const look = () => {
    const share = utilization();
    if (share > BUSY) looksLeft = LOOKS;
    const favors = looksLeft > 0 && share < IDLE;
    if (favors && --looksLeft % LOOKS_BETWEEN_TRIMS === 0) void trim();
    if (favors !== isFavored) favorMemory(favors);
    isFavored = favors;
    cancel = clock.after(LOOK_MS, look);
  };
  let cancel = clock.after(LOOK_MS, look);
  return {
    [Symbol.dispose]: () => {
      cancel();
      favorMemory(false);
    },
  };
}

function eventLoopShare(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

function favorMemoryOfV8(): (favor: boolean) => void {
  // It waits from the last collection on, so it is told before there is any work.
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${REDUCER_DELAY_MS}`);
  return (favor) => {
    setFlagsFromString(favor ? '--optimize-for-size' : '--no-optimize-for-size');
  };
}
