import { CommanderError } from 'commander';
import { exitCodeOf, EXIT_USAGE } from './exit.ts';
import { withKubectlFlags } from './kubectl-flags.ts';
import { createProgram } from './program.ts';

// Who reads our output may stop before its end, as head does: that is no failure, and the work goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (err: NodeJS.ErrnoException) => {
    if (err.code !== 'EPIPE') throw err;
  });
}

const program = createProgram();
try {
  await program.parseAsync(withKubectlFlags(process.argv));
} catch (err) {
  if (err instanceof CommanderError) {
    process.exitCode = err.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    console.error(`koinon: ${err instanceof Error ? err.message : String(err)}`);
    if (process.env['KOINON_DEBUG'] !== undefined) console.error(err);
    process.exitCode = exitCodeOf(err);
  }
}
