import { Option, type Command } from 'commander';
import type { ExplainFlags } from './explain.ts';
import { addTargetFlags } from './membership-commands.ts';

export function explain(program: Command): void {
  const command = program
    .command('explain')
    .description('what DNS answers to a name of a Service, to whom, and why')
    .argument('<name>', 'a whole name, or service.namespace')
    .option('--client <cidr>', 'as for a client of this address or prefix')
    .option('--type <type>', 'of the records', 'A')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addTargetFlags(command).action(async (name: string, flags: ExplainFlags) => {
    await (await import('./explain.ts')).explain(name, flags);
  });
}
