import { isList, isObject, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { cronJobs, daemonSets, deployments, jobs, replicaSets, statefulSets } from '../../src/apis/index.ts';
import type { Informer, InformerEvent, InformerSet } from '../../src/controller/index.ts';
import { podSpecPaths } from '../scheduling/index.ts';
import { recordOf } from './placing-record.ts';

const WORKLOADS: readonly Resource[] = [deployments, replicaSets, statefulSets, daemonSets, jobs, cronJobs];
const NAMED = 'named';

/** Where the workloads go that name an object, if all of them want it to go along. */
export class Followers {
  readonly #workloads: readonly Informer<KubeObject>[];

  constructor(informers: Pick<InformerSet, 'of'>) {
    this.#workloads = WORKLOADS.map((resource) =>
      informers.of(resource, { indexes: { [NAMED]: (workload) => namedBy(workload, resource.kind) } }),
    );
  }

  /** `undefined`: nobody names it, or somebody who does not say where. */
  clustersFor(kind: string, { metadata }: KubeObject): ReadonlySet<string> | undefined {
    const id = idOf(kind, metadata.namespace, metadata.name ?? '');
    const workloads = this.#workloads.flatMap(({ lister }) => lister.byIndex(NAMED, id));
    const records = workloads.map((workload) => recordOf(workload));
    if (records.length === 0) return undefined;
    const clusters = new Set<string>();
    for (const record of records) {
      if (record?.dependencies !== true) return undefined;
      for (const name of Object.keys(record.clusters)) clusters.add(name);
    }
    return clusters;
  }

  /** `handler` gets the keys of objects of that kind that may be placed otherwise from now on. */
  onChange(kind: string, handler: (key: string) => void): () => void {
    const removals = this.#workloads.map((informer, index) => {
      const own = WORKLOADS[index]?.kind ?? '';
      return informer.onEvent((event) => {
        for (const id of concerned(event, own)) {
          const [named = '', key = ''] = id.split(' ');
          if (named === kind) handler(key);
        }
      });
    });
    return () => {
      for (const remove of removals) remove();
    };
  }
}

function concerned({ type, object, previous }: InformerEvent<KubeObject>, kind: string): ReadonlySet<string> {
  const now = namedBy(object, kind);
  if (previous === undefined || type === 'delete') return new Set(now);
  const before = namedBy(previous, kind);
  const isSame = JSON.stringify(recordOf(object)) === JSON.stringify(recordOf(previous));
  if (!isSame) return new Set([...now, ...before]);
  return new Set([...now.filter((id) => !before.includes(id)), ...before.filter((id) => !now.includes(id))]);
}

const idOf = (kind: string, namespace: string | undefined, name: string) => `${kind} ${namespace ?? ''}/${name}`;

/** What the pods of a workload cannot start without. */
export function namedBy(workload: KubeObject, kind: string): readonly string[] {
  const path = podSpecPaths[kind] ?? [];
  const spec = path.reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), workload);
  if (!isObject(spec)) return [];
  const { namespace } = workload.metadata;
  const found = new Set<string>();
  const note = (named: string, name: unknown) => {
    if (typeof name === 'string' && name !== '') found.add(idOf(named, namespace, name));
  };
  note('ServiceAccount', spec['serviceAccountName']);
  for (const entry of listOf(spec['imagePullSecrets'])) note('Secret', fieldOf(entry, 'name'));
  for (const volume of listOf(spec['volumes'])) noteVolume(volume, note);
  for (const container of [...listOf(spec['initContainers']), ...listOf(spec['containers'])]) {
    for (const source of listOf(fieldOf(container, 'envFrom'))) {
      note('ConfigMap', fieldOf(fieldOf(source, 'configMapRef'), 'name'));
      note('Secret', fieldOf(fieldOf(source, 'secretRef'), 'name'));
    }
    for (const variable of listOf(fieldOf(container, 'env'))) {
      const from = fieldOf(variable, 'valueFrom');
      note('ConfigMap', fieldOf(fieldOf(from, 'configMapKeyRef'), 'name'));
      note('Secret', fieldOf(fieldOf(from, 'secretKeyRef'), 'name'));
    }
  }
  return [...found];
}

function noteVolume(volume: unknown, note: (kind: string, name: unknown) => void): void {
  note('ConfigMap', fieldOf(fieldOf(volume, 'configMap'), 'name'));
  note('Secret', fieldOf(fieldOf(volume, 'secret'), 'secretName'));
  note('PersistentVolumeClaim', fieldOf(fieldOf(volume, 'persistentVolumeClaim'), 'claimName'));
  for (const source of listOf(fieldOf(fieldOf(volume, 'projected'), 'sources'))) {
    note('ConfigMap', fieldOf(fieldOf(source, 'configMap'), 'name'));
    note('Secret', fieldOf(fieldOf(source, 'secret'), 'name'));
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}
