import { expect, it } from 'vitest';
import type { KubectlVersion } from '../../harness/kubectl-versions.ts';
import type { Judge } from './judged.ts';

/** A command line, and what comes of it. */
export interface Command {
  /** What follows `kubectl`; words are split at spaces, except between single quotes. $NS is the judge's namespace. */
  readonly line: string;
  readonly stdin?: string;
  /** 0 when absent. */
  readonly code?: number;
  /** In standard output. */
  readonly out?: string | RegExp;
  /** In standard error. */
  readonly err?: string | RegExp;
  /** Repeated until it holds: what a controller or a node has to do first. */
  readonly eventually?: true;
  /** The first minor version of kubectl that has the command, or says this. */
  readonly since?: number;
  /** The last minor version of kubectl of which this is true. */
  readonly until?: number;
}

export const words = (line: string): string[] =>
  (line.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ''));

async function holds({ kubectl, namespace }: Judge, command: Command): Promise<void> {
  const { line, stdin, code = 0, out = '', err = '' } = command;
  const filled = (text: string) => text.replaceAll('$NS', namespace);
  const result = await kubectl.run(words(filled(line)), stdin === undefined ? undefined : filled(stdin));
  const said = `code ${result.code}\n${result.stdout}${result.stderr}`;
  expect(result.code, said).toBe(code);
  expect(result.stdout, said).toMatch(out);
  expect(result.stderr, said).toMatch(err);
}

/** Runs the commands in their order, each a test, those that this version has. */
export function itRuns(commands: readonly Command[], { minor }: KubectlVersion, judge: () => Judge): void {
  const known = commands.filter(({ since = 0, until = Infinity }) => since <= minor && minor <= until);
  it.each(known.map((command) => ({ title: command.line.slice(0, 100), command })))('$title', async ({ command }) => {
    const check = () => holds(judge(), command);
    if (command.eventually)
      await expect.poll(() => check().then(() => 'held'), { timeout: 15_000, interval: 100 }).toBe('held');
    else await check();
  });
}
