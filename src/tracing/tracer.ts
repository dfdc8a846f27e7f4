import type { SpanContext } from './trace-context.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** `server`: the work on a request; `client`: a request to another one; `internal` when absent. */
  readonly kind?: 'server' | 'client' | 'internal';
  /** The span that it is a part of, here or elsewhere; it begins a trace of its own when absent. */
  readonly parent?: SpanContext | undefined;
  readonly attributes?: SpanAttributes;
}

/** A piece of work, from when it is made until it ends. */
export interface Span {
  readonly context: SpanContext;
  set(attributes: SpanAttributes): void;
  /** What it failed by, if it did. Only the first end counts. */
  end(failure?: unknown): void;
}

/**
 * Tells somebody what was worked on, for how long, and as a part of what. Never throws, never waits. Where nothing is
 * traced there is no tracer at all, so that it costs nothing.
 */
export interface Tracer {
  begin(name: string, options?: SpanOptions): Span;
}
