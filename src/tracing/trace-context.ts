/** A span as others are told of it: W3C Trace Context. */
export interface SpanContext {
  /** 32 hexadecimal digits, not all of them zero. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** Whoever began the trace wants it recorded. */
  readonly isSampled: boolean;
}

const SAMPLED = 1;
const VERSION_0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Later versions may say more behind what there is in version 0. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const ZERO = /^0+$/;

/** `undefined` for what is none, which is then as if nothing had been said: W3C Trace Context, 3.2. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  if (text === undefined) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = VERSION_0.exec(text) ?? LATER.exec(text) ?? [];
  if (ZERO.test(traceId) || ZERO.test(spanId) || traceId === '') return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
