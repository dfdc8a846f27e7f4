import {
  isExpired,
  isResourceVersionTooLarge,
  isStatusError,
  type KubeObject,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { ObjectEvent, WatchOptions } from '../../src/client/index.ts';
import { LateList, type ReadingClient } from './patience.ts';

/** Why a member does not show what it has of a kind. */
export interface ListProblem {
  /** Of its answer; absent where none came in time. */
  readonly code?: number;
  readonly message: string;
}

/** What members said instead of showing objects of one kind: that they do not serve it, or not to us, or cannot now. */
export class ListProblems {
  readonly #onChange: (cluster: string) => void;
  readonly #problems = new Map<string, ListProblem>();

  constructor(onChange: (cluster: string) => void) {
    this.#onChange = onChange;
  }

  of(cluster: string): ListProblem | undefined {
    return this.#problems.get(cluster);
  }

  forget(cluster: string): void {
    this.#problems.delete(cluster);
  }

  client(cluster: string, inner: ReadingClient): ReadingClient {
    return {
      list: async (resource, options) => {
        try {
          const list = await inner.list(resource, options);
          this.#note(cluster, undefined);
          return list;
        } catch (err) {
          this.#note(cluster, problemOf(err) ?? this.of(cluster));
          throw err;
        }
      },
      watch: (resource, options) => this.#watch(cluster, inner, [resource, options]),
    };
  }

  /** Who was allowed to watch may be so no longer. */
  async *#watch<T extends KubeObject>(
    cluster: string,
    inner: ReadingClient,
    [resource, options]: readonly [Resource<T>, WatchOptions],
  ): AsyncGenerator<ObjectEvent<T>, void, undefined> {
    const onOpen = () => {
      this.#note(cluster, undefined);
      options.onOpen?.();
    };
    try {
      yield* inner.watch(resource, { ...options, onOpen });
    } catch (err) {
      this.#note(cluster, problemOf(err) ?? this.of(cluster));
      throw err;
    }
  }

  #note(cluster: string, problem: ListProblem | undefined): void {
    const before = this.#problems.get(cluster);
    if (before?.code === problem?.code && before?.message === problem?.message) return;
    if (problem === undefined) this.#problems.delete(cluster);
    else this.#problems.set(cluster, problem);
    this.#onChange(cluster);
  }
}

const TOO_MANY_REQUESTS = 429;

/** `undefined` for what says nothing of the kind: no connection, or a history that is gone. */
function problemOf(err: unknown): ListProblem | undefined {
  if (err instanceof LateList) return { message: err.message };
  if (isExpired(err) || isResourceVersionTooLarge(err) || !isStatusError(err)) return undefined;
  return err.code === TOO_MANY_REQUESTS ? undefined : { code: err.code, message: err.message };
}
