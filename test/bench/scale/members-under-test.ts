import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SecureServing } from '../../../src/apiserver/index.ts';

/** What the process of the members is asked. */
export type MembersQuestion = { readonly id: number } & (
  | { readonly ask: 'start'; readonly count: number; readonly serving: SecureServing }
  /** In all members together, since they began. */
  | { readonly ask: 'writes' }
  | { readonly ask: 'keys'; readonly prefix: string }
  /** When every member has got the key: milliseconds since 1970. */
  | { readonly ask: 'await'; readonly key: string }
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

  async start(count: number, serving: SecureServing): Promise<readonly string[]> {
    // @NOTE here and below: what members-process.ts answers to the question.
    return (await this.#ask({ ask: 'start', count, serving })) as readonly string[];
  }

  async writes(): Promise<number> {
    return (await this.#ask({ ask: 'writes' })) as number;
  }

  async keys(prefix: string): Promise<number> {
    return (await this.#ask({ ask: 'keys', prefix })) as number;
  }

  async everywhere(key: string): Promise<number> {
    return (await this.#ask({ ask: 'await', key })) as number;
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
