import type { Span, SpanOptions, Tracer } from './tracer.ts';

/** Works, within a span of that name where anything is traced. */
export async function withinSpan<R>(
  tracer: Tracer | undefined,
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<R>,
): Promise<R> {
  const span = tracer?.begin(name, options);
  try {
    const result = await work(span);
    span?.end();
    return result;
  } catch (err) {
    span?.end(err);
    throw err;
  }
}
