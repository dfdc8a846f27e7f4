import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ExplainFlags } from './explain.ts';
import { addTargetFlags } from './membership-commands.ts';

export function explain(program: Command): void {
  const command = program
    .command('explain')
    .description('what DNS answers to a name of a Service, to whom, and why')
    .argument('<name>', 'a whole name, or service.namespace')
    .option('--client <cidr>', 'as for a client of this address or prefix')
    .option('--type <type>', 'of the records', 'A')
    .addOption(
      new Option('--recent <n>', 'the latest questions too, where the server notes them').argParser(count).default(0),
    )
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addTargetFlags(command).action(async (name: string, flags: ExplainFlags) => {
    await (await import('./explain.ts')).explain(name, flags);
  });
}

const MAX_RECENT = 1_000;

function count(text: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (value <= MAX_RECENT) return value;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_RECENT}.`);
}
