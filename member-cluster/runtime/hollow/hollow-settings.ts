import { parseQuantity, quantityToNumber } from '../../../src/apimachinery/index.ts';
import { RuntimeError } from '../container-runtime.ts';

/**
 * What a pod's annotations make its hollow containers do. Durations are like `250ms`, `10s` or `2m`. With a dot and the
 * name of a container behind it, an annotation is for that one alone: `koinon.dev/hollow-exit-after.setup`.
 */
export const HOLLOW_ANNOTATIONS = {
  /** Every pull fails with this message. */
  pullError: 'koinon.dev/hollow-pull-error',
  /** How long a pull takes that is not the image's first one on the node. */
  pullAfter: 'koinon.dev/hollow-pull-after',
  /** How long a container is being started. */
  startAfter: 'koinon.dev/hollow-start-after',
  /** How long a container runs before it listens on its ports. */
  listenAfter: 'koinon.dev/hollow-listen-after',
  /** How long a container runs before it ends by itself; when absent not at all, except for tasks, or as its command says. */
  exitAfter: 'koinon.dev/hollow-exit-after',
  /** With what it ends then. */
  exitCode: 'koinon.dev/hollow-exit-code',
  /** How long it takes to end when it is asked to; a moment when absent and it listens, for clients on their way to it. */
  stopAfter: 'koinon.dev/hollow-stop-after',
  /** How much CPU it uses, like `250m`. Unlike the others this counts from when it is said on. */
  cpuUsage: 'koinon.dev/hollow-cpu-usage',
  /** How much memory it uses, like `64Mi`. Counts from when it is said on, too. */
  memoryUsage: 'koinon.dev/hollow-memory-usage',
} as const;

export interface HollowSettings {
  readonly pullError: string | undefined;
  readonly pullMs: number;
  readonly startMs: number;
  readonly listenMs: number;
  readonly exitMs: number | undefined;
  readonly exitCode: number | undefined;
  readonly stopMs: number | undefined;
  readonly cpuNanoCores: number | undefined;
  readonly memoryBytes: number | undefined;
}

const PREFIX = 'koinon.dev/hollow-';
const UNITS = { ms: 1, s: 1_000, m: 60_000 } as const;
const DURATION = /^(\d+)(ms|s|m)$/;

const KNOWN: ReadonlySet<string> = new Set(Object.values(HOLLOW_ANNOTATIONS));

/** Throws `Invalid`, naming the annotation, for one that is not known or not understood. */
export function hollowSettings(annotations: Readonly<Record<string, string>>, container = ''): HollowSettings {
  for (const name of Object.keys(annotations)) {
    const [base = ''] = name.slice(PREFIX.length).split('.', 1);
    if (!name.startsWith(PREFIX) || KNOWN.has(PREFIX + base)) continue;
    throw new RuntimeError('Invalid', `annotation ${name} is not known`);
  }
  const textOf = (name: string) => annotations[`${name}.${container}`] ?? annotations[name];
  const duration = (name: string): number | undefined => {
    const text = textOf(name);
    return text === undefined ? undefined : parseDuration(name, text);
  };
  const quantity = (name: string): number | undefined => {
    const text = textOf(name);
    return text === undefined ? undefined : parseAmount(name, text);
  };
  const cores = quantity(HOLLOW_ANNOTATIONS.cpuUsage);
  const exitCode = textOf(HOLLOW_ANNOTATIONS.exitCode);
  return {
    pullError: textOf(HOLLOW_ANNOTATIONS.pullError),
    pullMs: duration(HOLLOW_ANNOTATIONS.pullAfter) ?? 0,
    startMs: duration(HOLLOW_ANNOTATIONS.startAfter) ?? 0,
    listenMs: duration(HOLLOW_ANNOTATIONS.listenAfter) ?? 0,
    exitMs: duration(HOLLOW_ANNOTATIONS.exitAfter),
    exitCode: exitCode === undefined ? undefined : parseExitCode(exitCode),
    stopMs: duration(HOLLOW_ANNOTATIONS.stopAfter),
    cpuNanoCores: cores === undefined ? undefined : cores * 1e9,
    memoryBytes: quantity(HOLLOW_ANNOTATIONS.memoryUsage),
  };
}

function parseDuration(name: string, text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  const factor = unit === 'ms' || unit === 's' || unit === 'm' ? UNITS[unit] : undefined;
  if (factor === undefined) throw new RuntimeError('Invalid', `annotation ${name} is no duration like 10s: ${text}`);
  return Number(amount) * factor;
}

function parseAmount(name: string, text: string): number {
  try {
    const amount = quantityToNumber(parseQuantity(text));
    if (amount >= 0) return amount;
  } catch (cause) {
    throw new RuntimeError('Invalid', `annotation ${name} is no quantity like 250m or 64Mi: ${text}`, { cause });
  }
  throw new RuntimeError('Invalid', `annotation ${name} is negative: ${text}`);
}

function parseExitCode(text: string): number {
  const code = Number(text);
  if (Number.isInteger(code) && code >= 0 && code <= 255) return code;
  throw new RuntimeError('Invalid', `annotation ${HOLLOW_ANNOTATIONS.exitCode} is no exit code: ${text}`);
}
