import { withDeadline } from '../component-base/index.ts';
import { controlClient, NotRunning } from '../../federation/fleet/index.ts';
import { homeOfUser } from './environment.ts';

const DEADLINE_MS = 30_000;

/** For clusters of a running fleet; any other cluster is nothing to its supervisor. */
export async function rememberMembership(name: string, joined: boolean): Promise<void> {
  const control = controlClient(homeOfUser().socket);
  const signal = withDeadline(DEADLINE_MS);
  try {
    const { components } = await control.status(signal);
    if (components.some((component) => component.name === name)) await control.setJoined(name, joined, signal);
  } catch (err) {
    if (!(err instanceof NotRunning)) throw err;
  }
}
