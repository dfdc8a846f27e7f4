import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SecureServing } from '../../../src/apiserver/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';

const POLL_MS = 50;
const DEADLINE_MS = 10 * 60_000;

export interface MembersWanted {
  readonly count: number;
  /** The first so many can be troubled. */
  readonly exposed?: number;
}

/** `silent`: nothing gets through any more. `cut`: nobody listens. `slow`: each call takes five seconds. */
export type Trouble = 'none' | 'silent' | 'cut' | 'slow';

/** What the process of the members is asked. */
export type MembersQuestion = { readonly id: number } & (
  | ({ readonly ask: 'start'; readonly serving: SecureServing } & MembersWanted)
  | { readonly ask: 'trouble'; readonly member: number; readonly trouble: Trouble }
  /** In all members together, since they began. */
  | { readonly ask: 'writes' }
  | { readonly ask: 'keys'; readonly prefix: string }
  /** When every member, or every one of these, has got the key: milliseconds since 1970. */
  | { readonly ask: 'await'; readonly key: string; readonly among?: readonly number[] }
  /** Takes the key away in every member. */
  | { readonly ask: 'lose'; readonly key: string }
);

export interface MembersAnswer {
  readonly id: number;
  readonly value: unknown;
}

type Question = MembersQuestion extends infer Q ? (Q extends MembersQuestion ? Omit<Q, 'id'> : never) : never;

export class MembersUnderTest implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #next = 0;

  constructor(program: string) {
    this.#child = fork(program);
    this.#child.on('message', ({ id, value }: MembersAnswer) => {
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    });
  }

  async start(wanted: MembersWanted, serving: SecureServing): Promise<readonly string[]> {
    // @NOTE here and below: what members-process.ts answers to the question.
    return (await this.#ask({ ask: 'start', ...wanted, serving })) as readonly string[];
  }

  async trouble(member: number, trouble: Trouble): Promise<void> {
    await this.#ask({ ask: 'trouble', member, trouble });
  }

  async writes(): Promise<number> {
    return (await this.#ask({ ask: 'writes' })) as number;
  }

  async keys(prefix: string): Promise<number> {
    return (await this.#ask({ ask: 'keys', prefix })) as number;
  }

  /** Until there are so many keys under the prefix in all members together. */
  async reached(prefix: string, wanted: number): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while ((await this.keys(prefix)) < wanted) {
      if (performance.now() > deadline)
        throw new Error(`members have ${await this.keys(prefix)} of ${wanted} ${prefix}`);
      await systemClock.sleep(POLL_MS);
    }
  }

  /** From now on it is noted when every member, or every one of these, has got the key: milliseconds since 1970. */
  async expect(key: string, among?: readonly number[]): Promise<{ readonly everywhere: Promise<number> }> {
    const everywhere = this.#ask({ ask: 'await', key, ...(among === undefined ? {} : { among }) });
    // Questions are taken in order.
    await this.writes();
    return { everywhere: inTime(`${key} everywhere`, everywhere as Promise<number>) };
  }

  async lose(key: string): Promise<void> {
    await this.#ask({ ask: 'lose', key });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  #ask(question: Question): Promise<unknown> {
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, resolve);
    this.#child.send({ ...question, id });
    return promise;
  }
}

/** A benchmark that waits for ever tells nothing. */
async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = async () => {
    await systemClock.sleep(DEADLINE_MS, settled.signal);
    throw new Error(`${what}: not within ${DEADLINE_MS / 60_000} minutes`);
  };
  try {
    return await Promise.race([promise, late()]);
  } finally {
    settled.abort();
  }
}
