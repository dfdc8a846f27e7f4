import { CommanderError } from 'commander';
import { exitCodeOf, EXIT_USAGE } from './exit.ts';
import { createProgram } from './program.ts';

const program = createProgram();
try {
  await program.parseAsync();
} catch (err) {
  if (err instanceof CommanderError) {
    process.exitCode = err.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    console.error(`koinon: ${err instanceof Error ? err.message : String(err)}`);
    if (process.env['KOINON_DEBUG'] !== undefined) console.error(err);
    process.exitCode = exitCodeOf(err);
  }
}
