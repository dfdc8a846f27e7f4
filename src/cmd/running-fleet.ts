import { systemClock } from '../component-base/index.ts';
import { controlClient, listensAt, lockHolder, type FleetControl, type Home } from '../../federation/fleet/index.ts';

const SOCKET_POLL_MS = 20;

/**
 * The supervisor that holds the home's lock, once it listens: it takes the lock before it does, and gives it back after it
 * has ceased to. Undefined when none holds it. Rejects with the reason of `signal`.
 */
export async function runningFleet(home: Home, signal: AbortSignal): Promise<FleetControl | undefined> {
  while ((await lockHolder(home)) !== undefined) {
    if (await listensAt(home.socket)) return controlClient(home.socket);
    await systemClock.sleep(SOCKET_POLL_MS, signal);
  }
  return undefined;
}
