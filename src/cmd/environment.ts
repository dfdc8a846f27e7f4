import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { homeAt, type Home } from '../../federation/fleet/index.ts';

/** The state directory: `$KOINON_HOME`, or `~/.koinon`. */
export function homeOfUser(): Home {
  const directory = process.env['KOINON_HOME'];
  return homeAt(directory === undefined || directory === '' ? join(homedir(), '.koinon') : resolve(directory));
}

/** The kubeconfig that is written: the first file of `$KUBECONFIG`, or `~/.kube/config`, as kubectl does. */
export function kubeconfigOfUser(): string {
  const first = (process.env['KUBECONFIG'] ?? '').split(delimiter).find((file) => file !== '');
  return first === undefined ? join(homedir(), '.kube', 'config') : resolve(first);
}

/** How to call this program again: `npx koinon` for those who came through npm in a checkout. */
export function ownName(): string {
  return process.env['npm_lifecycle_event'] === undefined ? 'koinon' : 'npx koinon';
}
