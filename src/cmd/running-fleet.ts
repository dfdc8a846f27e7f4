import { systemClock } from '../component-base/index.ts';
import { controlClient, lockHolder, NotRunning, type FleetControl, type Home } from '../../federation/fleet/index.ts';

const SOCKET_POLL_MS = 20;

/**
 * The supervisor that holds the home's lock, once it answers: it takes the lock before it listens, and gives it back
 * after it has ceased to. Undefined when none holds it. Rejects with the reason of `signal`.
 */
export async function runningFleet(home: Home, signal: AbortSignal): Promise<FleetControl | undefined> {
  const control = controlClient(home.socket);
  while ((await lockHolder(home)) !== undefined) {
    if (await answers(control, signal)) return control;
    await systemClock.sleep(SOCKET_POLL_MS, signal);
  }
  return undefined;
}

/** Whether there is a socket at which the supervisor answers. Rejects with what it says instead. */
export async function answers(control: FleetControl, signal: AbortSignal): Promise<boolean> {
  try {
    await control.status(signal);
    return true;
  } catch (err) {
    signal.throwIfAborted();
    if (err instanceof NotRunning) return false;
    throw err;
  }
}
