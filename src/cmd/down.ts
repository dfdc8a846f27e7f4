import {
  controlClient,
  lockHolder,
  NotRunning,
  readState,
  removeData,
  type Home,
} from '../../federation/fleet/index.ts';
import { systemClock } from '../component-base/index.ts';
import { removeContexts } from './contexts.ts';
import { homeOfUser, kubeconfigOfUser } from './environment.ts';

const SHUTDOWN_DEADLINE_MS = 60_000;
const POLL_MS = 20;

/** Takes the fleet down. Works also when its supervisor is gone: then there is only data and contexts to remove. */
export async function down({ keepData = false }: { readonly keepData?: boolean }): Promise<void> {
  const home = homeOfUser();
  const deadline = AbortSignal.timeout(SHUTDOWN_DEADLINE_MS);
  const holder = await lockHolder(home);
  const kept = await readState(home).catch((err: unknown) => {
    if (keepData) throw err;
    return undefined;
  });
  if (holder === undefined && kept === undefined && keepData) throw new NotRunning();
  await removeContexts(home, kubeconfigOfUser());
  if (holder !== undefined) await shutdown(home, keepData, deadline);
  if (!keepData) await removeData(home);
  console.log(
    keepData ? `The fleet is down; ${home.directory} keeps its data.` : 'The fleet is down and its data is gone.',
  );
}

async function shutdown(home: Home, keepData: boolean, deadline: AbortSignal): Promise<void> {
  await controlClient(home.socket).shutdown(keepData, deadline);
  while ((await lockHolder(home)) !== undefined) await systemClock.sleep(POLL_MS, deadline);
}
