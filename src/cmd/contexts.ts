import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { assertMergeable, mergeKubeconfig, removeFromKubeconfig, replaceKubeconfigUser } from '../client/index.ts';
import { readState, type FleetConfig, type FleetState, type Home } from '../../federation/fleet/index.ts';

/** Kubeconfig files that this fleet's contexts were merged into, one a line. */
const filesFile = (home: Home) => join(home.directory, 'kubeconfigs');

interface Named {
  readonly context: string;
  readonly component: string;
}

function contextsOf({ config }: Pick<FleetState, 'config'>): readonly Named[] {
  return [
    { context: config.federation.context, component: config.federation.name },
    ...config.clusters.map(({ name }) => ({ context: name, component: name })),
  ];
}

const userOf = ({ config }: Pick<FleetState, 'config'>) => `${config.federation.name}-admin`;

/** Rejects when the contexts of such a fleet could not be merged: better told before it starts. */
export async function assertContextsFree(home: Home, kubeconfig: string, config: FleetConfig): Promise<void> {
  const names = contextsOf({ config }).map(({ context }) => context);
  const users = [userOf({ config })];
  await assertMergeable(kubeconfig, { clusters: names, users, contexts: names }, home.directory);
}

/** A context for the federation and one for each member, in the user's kubeconfig. */
export async function mergeContexts(home: Home, kubeconfig: string): Promise<void> {
  const state = await readState(home);
  if (state === undefined) throw new Error(`${home.directory} has no fleet`);
  const ca = await base64(home, 'ca.crt');
  const user = userOf(state);
  const { federation, clusters } = state.config;
  const portOf = (component: string) => clusters.find(({ name }) => name === component)?.port ?? federation.port;
  await rememberFile(home, kubeconfig);
  await mergeKubeconfig(kubeconfig, {
    ownedBy: home.directory,
    clusters: contextsOf(state).map(({ context, component }) => ({
      name: context,
      cluster: {
        server: `https://127.${state.blocks[component] ?? 0}.0.1:${portOf(component)}`,
        'certificate-authority-data': ca,
      },
    })),
    users: [{ name: user, user: await administrator(home) }],
    contexts: contextsOf(state).map(({ context }) => ({
      name: context,
      context: { cluster: context, user, namespace: federation.namespace },
    })),
    currentContext: federation.context,
  });
}

/** Puts the administrator's certificate of today in every kubeconfig that has the one of before. */
export async function renewContexts(home: Home): Promise<void> {
  const state = await readState(home);
  if (state === undefined) return;
  const user = { name: userOf(state), user: await administrator(home) };
  for (const file of await filesOf(home)) await replaceKubeconfigUser(file, user, home.directory);
}

async function administrator(home: Home) {
  return {
    'client-certificate-data': await base64(home, 'admin.crt'),
    'client-key-data': await base64(home, 'admin.key'),
  };
}

async function base64(home: Home, name: string): Promise<string> {
  return (await readFile(join(home.pki, name))).toString('base64');
}

/** Takes the fleet's contexts out of every kubeconfig that they were merged into. */
export async function removeContexts(home: Home, kubeconfig: string): Promise<void> {
  const state = await readState(home).catch((err: unknown) => {
    // Which contexts are the fleet's stands there; taking the rest of it down must not fail for that.
    const why = err instanceof Error ? err.message : String(err);
    console.error(`warning: the fleet's contexts stay in ${kubeconfig}: ${why}`);
    return undefined;
  });
  if (state === undefined) return;
  const names = [...contextsOf(state).map(({ context }) => context), userOf(state)];
  for (const file of new Set([...(await filesOf(home)), kubeconfig])) {
    await removeFromKubeconfig(file, names, home.directory);
  }
}

async function filesOf(home: Home): Promise<readonly string[]> {
  try {
    return (await readFile(filesFile(home), 'utf8')).split('\n').filter((line) => line !== '');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return [];
    throw err;
  }
}

async function rememberFile(home: Home, kubeconfig: string): Promise<void> {
  const files = new Set([...(await filesOf(home)), kubeconfig]);
  await writeFileAtomic(filesFile(home), `${[...files].join('\n')}\n`, { mode: 0o600 });
}
