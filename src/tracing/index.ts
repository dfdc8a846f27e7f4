export { formatTraceparent, parseTraceparent, type SpanContext } from './trace-context.ts';
export type { Span, SpanAttributes, SpanOptions, Tracer } from './tracer.ts';
