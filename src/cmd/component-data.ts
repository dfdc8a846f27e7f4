import { componentNames, readState, type Home } from '../../federation/fleet/index.ts';

export interface ComponentData {
  readonly kind: 'federation' | 'member';
  readonly directory: string;
}

/** Where a component of the fleet keeps its data, whether it runs or not. Rejects for what is none of the fleet. */
export async function dataOf(home: Home, name: string): Promise<ComponentData> {
  const state = await readState(home);
  if (state === undefined) throw new Error(`there is no fleet in ${home.directory}; "koinon up" makes one`);
  const names = componentNames(state.config);
  if (!names.includes(name)) throw new Error(`there is no ${name} in this fleet; it has ${names.join(', ')}`);
  if (name !== state.config.federation.name) return { kind: 'member', directory: home.cluster(name) };
  if (state.config.federation.storage !== undefined) {
    throw new Error(
      `${name} keeps its objects in etcd: save and restore them there, with etcdctl snapshot (docs/reference/backup.md)`,
    );
  }
  return { kind: 'federation', directory: home.federation };
}
