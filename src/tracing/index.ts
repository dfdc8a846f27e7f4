export { startOtlpTracer, type OtlpTracerOptions } from './otlp-tracer.ts';
export { formatTraceparent, parseTraceparent, type SpanContext } from './trace-context.ts';
export type { Span, SpanAttributes, SpanOptions, Tracer } from './tracer.ts';
export {
  parseTracingConfiguration,
  TracingConfigurationError,
  type TracingConfiguration,
} from './tracing-configuration.ts';
export { withinSpan } from './within-span.ts';
