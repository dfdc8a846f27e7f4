import { isNotFound } from '../../src/apimachinery/index.ts';
import { NoProposal, type Measured, type MetricsSource, type PodUsages } from '../../src/autoscaling/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import type { Gaps } from './gaps.ts';
import type { MemberEnquiry } from './member-enquiry.ts';

type Query<M extends keyof MetricsSource> = Parameters<MetricsSource[M]>[0];

const CONCURRENT = 16;

/**
 * What the metrics APIs of several clusters say together. Pods are of one cluster each, so their values stand side by
 * side, under the names `cluster/pod`. An object is in each cluster, and what it is worth adds up. What is outside of
 * clusters is the same for all: who sees the most of it is right.
 */
export class MergedMetrics implements MetricsSource {
  readonly #sources: ReadonlyMap<string, MetricsSource>;
  readonly #enquiry: MemberEnquiry;
  readonly #gaps: Gaps;

  constructor(sources: ReadonlyMap<string, MetricsSource>, enquiry: MemberEnquiry, gaps: Gaps) {
    this.#sources = sources;
    this.#enquiry = enquiry;
    this.#gaps = gaps;
  }

  async podUsages(query: Query<'podUsages'>, signal: AbortSignal): Promise<PodUsages> {
    const answers = await this.#askAll(signal, (source, own) => source.podUsages(query, own));
    this.#noteMissing(answers);
    return sideBySide(answers);
  }

  async podMetric(query: Query<'podMetric'>, signal: AbortSignal): Promise<PodUsages> {
    const answers = await this.#askAll(signal, (source, own) => source.podMetric(query, own));
    this.#noteMissing(answers);
    return sideBySide(answers);
  }

  async objectMetric(query: Query<'objectMetric'>, signal: AbortSignal): Promise<Measured> {
    const answers = await this.#askAll(signal, (source, own) => source.objectMetric(query, own));
    // A cluster that answers that it has no such value has none of it.
    const missing = answers.failed.filter(({ problem }) => !isNotFound(problem.cause));
    this.#noteMissing({ failed: missing });
    const value = answers.found.reduce((sum, each) => sum + each.answer.value, 0);
    return { value, ...(missing.length > 0 || this.#gaps.size > 0 ? { isPartial: true } : {}) };
  }

  async externalMetric(query: Query<'externalMetric'>, signal: AbortSignal): Promise<Measured> {
    const { found } = await this.#askAll(signal, (source, own) => source.externalMetric(query, own));
    return { value: Math.max(...found.map(({ answer }) => answer.value)) };
  }

  #noteMissing({ failed }: Pick<Answers<unknown>, 'failed'>): void {
    for (const { cluster, problem } of failed) this.#gaps.note(cluster, problem.message);
  }

  /** Throws what the first one said when none has an answer. */
  async #askAll<R>(
    signal: AbortSignal,
    ask: (source: MetricsSource, signal: AbortSignal) => Promise<R>,
  ): Promise<Answers<R>> {
    const found: { cluster: string; answer: R }[] = [];
    const failed: { cluster: string; problem: Error }[] = [];
    const askOne = async ([cluster, source]: [string, MetricsSource]) => {
      try {
        found.push({ cluster, answer: await this.#enquiry.ask(cluster, signal, (own) => ask(source, own)) });
      } catch (err) {
        signal.throwIfAborted();
        failed.push({ cluster, problem: err instanceof Error ? err : new Error(String(err)) });
      }
    };
    await mapConcurrent([...this.#sources], CONCURRENT, askOne, signal);
    if (found.length > 0) return { found, failed };
    const [first] = failed.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
    if (first === undefined) throw new NoProposal('no cluster that has pods of it can be seen');
    throw new NoProposal(`${first.problem.message} (cluster ${first.cluster})`, { cause: first.problem });
  }
}

interface Answers<R> {
  readonly found: readonly { readonly cluster: string; readonly answer: R }[];
  readonly failed: readonly { readonly cluster: string; readonly problem: Error }[];
}

function sideBySide({ found }: Answers<PodUsages>): PodUsages {
  const all = found.flatMap(({ cluster, answer }) =>
    [...answer].map(([pod, usage]) => [nameIn(cluster, pod), usage] as const),
  );
  return new Map(all);
}

/** Pods of different clusters may have the same name. */
export function nameIn(cluster: string, pod: string): string {
  return `${cluster}/${pod}`;
}
