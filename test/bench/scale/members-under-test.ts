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

/** Members in processes of ours. Those that can be troubled have one of their own: what befalls them costs others nothing there. */
export class MembersUnderTest implements AsyncDisposable {
  readonly #program: string;
  readonly #groups: Group[] = [];

  constructor(program: string) {
    this.#program = program;
  }

  async start({ count, exposed = 0 }: MembersWanted, serving: SecureServing): Promise<readonly string[]> {
    const urls: string[] = [];
    for (const wanted of [{ count: exposed, exposed }, { count: count - exposed }]) {
      if (wanted.count === 0) continue;
      const group = { process: new MembersProcess(this.#program), first: urls.length, count: wanted.count };
      this.#groups.push(group);
      // @NOTE here and below: what members-process.ts answers to the question.
      urls.push(...((await group.process.ask({ ask: 'start', ...wanted, serving })) as readonly string[]));
    }
    return urls;
  }

  async trouble(member: number, trouble: Trouble): Promise<void> {
    const group = this.#groups.find(({ first, count }) => member >= first && member < first + count);
    if (group === undefined) throw new TypeError(`there is no member ${member}`);
    await group.process.ask({ ask: 'trouble', member: member - group.first, trouble });
  }

  writes(): Promise<number> {
    return this.#sum({ ask: 'writes' });
  }

  keys(prefix: string): Promise<number> {
    return this.#sum({ ask: 'keys', prefix });
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
    const asked = this.#groups.map(async ({ process, first, count }) => {
      const own = among?.filter((member) => member >= first && member < first + count).map((member) => member - first);
      if (own?.length === 0) return 0;
      return process.ask({ ask: 'await', key, ...(own === undefined ? {} : { among: own }) }) as Promise<number>;
    });
    // Questions are taken in order.
    await this.writes();
    return { everywhere: inTime(`${key} everywhere`, latest(asked)) };
  }

  async lose(key: string): Promise<void> {
    for (const { process } of this.#groups) await process.ask({ ask: 'lose', key });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#groups) await process[Symbol.asyncDispose]();
  }

  async #sum(question: Question): Promise<number> {
    const numbers = await Promise.all(this.#groups.map(({ process }) => process.ask(question)));
    return (numbers as readonly number[]).reduce((sum, number) => sum + number, 0);
  }
}

/** Members from this one on are in the process, so many. */
interface Group {
  readonly process: MembersProcess;
  readonly first: number;
  readonly count: number;
}

class MembersProcess implements AsyncDisposable {
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

  ask(question: Question): Promise<unknown> {
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, resolve);
    this.#child.send({ ...question, id });
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

async function latest(times: readonly Promise<number>[]): Promise<number> {
  return Math.max(...(await Promise.all(times)));
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
