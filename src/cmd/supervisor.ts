import { createLogger, mallocSettings, systemClock } from '../component-base/index.ts';
import {
  openComponentLog,
  specFile,
  Supervisor,
  type CommandLine,
  type FleetConfig,
  type Home,
} from '../../federation/fleet/index.ts';
import { renewContexts } from './contexts.ts';
import { homeOfUser } from './environment.ts';

/** Components are this very program with another command. */
const commandLine: CommandLine = (spec) => ({
  command: process.execPath,
  args: [process.argv[1] ?? '', 'component', specFile(spec)],
  env: { ...process.env, ...mallocSettings },
});

export function createSupervisor(home: Home, config: FleetConfig): Supervisor {
  return new Supervisor({
    home,
    config,
    commandLine,
    openLog: (component) => openComponentLog(home, component),
    onAdminRenewed: () => renewContexts(home),
    clock: systemClock,
    log: createLogger({
      level: process.env['KOINON_LOG_LEVEL'] ?? 'info',
      destination: openComponentLog(home, 'supervisor'),
    }),
  });
}

/** The background process of a fleet: runs until it is told to shut down, or by SIGTERM, which keeps the data. */
export async function supervisor(config: string): Promise<void> {
  const stopped = new AbortController();
  const onSignal = () => {
    stopped.abort(new Error('stopped by a signal'));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  // @NOTE `up` wrote it, from a validated configuration.
  const supervisor = createSupervisor(homeOfUser(), JSON.parse(config) as FleetConfig);
  try {
    await supervisor.run(stopped.signal, () => undefined);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
