import type * as Api from '@opentelemetry/api';
import type { Clock, Logger } from '../component-base/index.ts';
import type { Span, SpanAttributes, SpanOptions, Tracer } from './tracer.ts';
import type { SpanContext } from './trace-context.ts';
import type { TracingConfiguration } from './tracing-configuration.ts';

export interface OtlpTracerOptions extends TracingConfiguration {
  /** `service.name`, such as `koinon-member`, and `service.instance.id`. */
  readonly service: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Of spans that wait for a collector; what comes then is lost. */
const MOST_WAITING = 2_048;
const BATCH = 512;
const EVERY_MS = 1_000;
const EXPORT_WITHIN_MS = 5_000;
/** For the last spans to reach a slow collector. */
const END_WITHIN_MS = 3_000;
const MILLION = 1_000_000;

/** A tracer that sends its spans to a collector; disposed, once the last are sent or it takes too long. */
export async function startOtlpTracer(options: OtlpTracerOptions): Promise<Tracer & AsyncDisposable> {
  const { url, samplingRatePerMillion, service, instance, clock, log } = options;
  // Of no use to most, and large.
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({
    url,
    timeoutMillis: EXPORT_WITHIN_MS,
    concurrencyLimit: MOST_WAITING / BATCH,
  });
  let isFailing = false;
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(samplingRatePerMillion / MILLION) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: {
          export: (spans, done) => {
            exporter.export(spans, (result) => {
              const failed = result.error !== undefined;
              if (failed && !isFailing)
                log.warn({ err: result.error, url }, 'spans do not reach the collector and are lost');
              isFailing = failed;
              done(result);
            });
          },
          shutdown: () => exporter.shutdown(),
        },
        maxQueueSize: MOST_WAITING,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
      }),
    ],
  });
  const tracer = new OtlpTracer(api, provider.getTracer('koinon'));
  return {
    begin: (name, spanOptions) => tracer.begin(name, spanOptions),
    [Symbol.asyncDispose]: () => ended(provider.shutdown(), clock, log),
  };
}

async function ended(shutdown: Promise<void>, clock: Clock, log: Logger): Promise<void> {
  const late = Promise.withResolvers<undefined>();
  const cancel = clock.after(END_WITHIN_MS, () => {
    late.resolve(undefined);
  });
  const done = shutdown.catch((err: unknown) => {
    log.debug({ err }, 'the last spans are lost');
  });
  await Promise.race([done, late.promise]);
  cancel();
}

class OtlpTracer implements Tracer {
  readonly #api: typeof Api;
  readonly #tracer: Api.Tracer;
  readonly #kinds: Readonly<Record<NonNullable<SpanOptions['kind']>, Api.SpanKind>>;

  constructor(api: typeof Api, tracer: Api.Tracer) {
    this.#api = api;
    this.#tracer = tracer;
    const { INTERNAL, SERVER, CLIENT } = api.SpanKind;
    this.#kinds = { internal: INTERNAL, server: SERVER, client: CLIENT };
  }

  begin(name: string, { kind = 'internal', parent, attributes = {} }: SpanOptions = {}): Span {
    const context = this.#contextOf(parent);
    const span = this.#tracer.startSpan(name, { kind: this.#kinds[kind], attributes: { ...attributes } }, context);
    return new OtlpSpan(span, this.#api);
  }

  #contextOf(parent: SpanContext | undefined): Api.Context {
    const { trace, ROOT_CONTEXT, TraceFlags } = this.#api;
    if (parent === undefined) return ROOT_CONTEXT;
    const { traceId, spanId, isSampled } = parent;
    const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }
}

class OtlpSpan implements Span {
  readonly context: SpanContext;
  readonly #span: Api.Span;
  readonly #api: typeof Api;

  constructor(span: Api.Span, api: typeof Api) {
    this.#span = span;
    this.#api = api;
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.context = { traceId, spanId, isSampled: (traceFlags & api.TraceFlags.SAMPLED) !== 0 };
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  end(failure?: unknown): void {
    if (!this.#span.isRecording()) return;
    if (failure !== undefined) {
      const message = failure instanceof Error ? failure.message : 'failed';
      this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message });
    }
    this.#span.end();
  }
}
