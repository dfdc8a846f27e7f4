import { controlClient } from '../../federation/fleet/index.ts';
import { mergeContexts } from './contexts.ts';
import { homeOfUser, kubeconfigOfUser } from './environment.ts';

const ACT_DEADLINE_MS = 120_000;

const done = { start: 'started', stop: 'stopped', kill: 'killed' } as const;

export async function act(action: 'start' | 'stop' | 'kill', name: string): Promise<void> {
  await controlClient(homeOfUser().socket).act(action, name, AbortSignal.timeout(ACT_DEADLINE_MS));
  console.log(`cluster "${name}" ${done[action]}`);
}

export interface CreateOptions {
  readonly region: string;
  readonly zone: readonly string[];
  readonly nodes: number;
}

export async function create(name: string, { region, zone, nodes }: CreateOptions): Promise<void> {
  const home = homeOfUser();
  const cluster = { name, region, zones: zone, nodes };
  await controlClient(home.socket).createCluster(cluster, AbortSignal.timeout(ACT_DEADLINE_MS));
  await mergeContexts(home, kubeconfigOfUser());
  console.log(`cluster "${name}" created and joined; its kubeconfig context is ${name}`);
}
