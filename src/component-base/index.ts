export { systemClock, type Clock } from './clock.ts';
export { FakeClock } from './fake-clock.ts';
export { start, type Runnable, type Running } from './runnable.ts';
export { aborted, untilAborted, withDeadline } from './abort.ts';
export { makeDirectory } from './make-directory.ts';
export { mapConcurrent } from './map-concurrent.ts';
export { createLogger, silentLogger, type Logger, type LogOptions } from './logger.ts';
export { memorySettings } from './memory-settings.ts';
export { createMetrics, Counter, Gauge, Histogram, Registry } from './metrics.ts';
