import { isAlive, lockHolder, NotRunning, readState, removeData, type Home } from '../../federation/fleet/index.ts';
import { systemClock } from '../component-base/index.ts';
import { removeContexts } from './contexts.ts';
import { homeOfUser, kubeconfigOfUser } from './environment.ts';
import { runningFleet } from './running-fleet.ts';

const SHUTDOWN_DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** Takes the fleet down. Works also when its supervisor is gone: then there is only data and contexts to remove. */
export async function down({ keepData = false }: { readonly keepData?: boolean }): Promise<void> {
  const home = homeOfUser();
  const holder = await lockHolder(home);
  const kept = await readState(home).catch((err: unknown) => {
    if (keepData) throw err;
    return undefined;
  });
  if (holder === undefined && kept === undefined && keepData) throw new NotRunning();
  await removeContexts(home, kubeconfigOfUser());
  if (holder !== undefined) await shutdown(home, keepData, holder);
  if (!keepData) await removeData(home);
  console.log(
    keepData ? `The fleet is down; ${home.directory} keeps its data.` : 'The fleet is down and its data is gone.',
  );
}

async function shutdown(home: Home, keepData: boolean, holder: number): Promise<void> {
  const deadline = AbortSignal.timeout(SHUTDOWN_DEADLINE_MS);
  try {
    const running = await runningFleet(home, deadline);
    await running?.shutdown(keepData, deadline);
  } catch (err) {
    const again = `"kill -9 ${holder}" ends it and its components; then "koinon down" again`;
    throw deadline.aborted ? new Error(`the supervisor does not answer; ${again}`, { cause: err }) : err;
  }
  while (isAlive(holder)) await systemClock.sleep(POLL_MS, deadline);
}
