import type { Pod, Volume } from '../../src/apis/index.ts';
import { missingKey, readConfig, type ConfigKind, type ConfigSource } from './config-source.ts';

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

interface Content {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly optional: boolean;
  readonly keys: readonly string[];
}

interface Given {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

/** Kinds of volume whose content is made here, or that have none to begin with. */
const MADE_HERE: ReadonlySet<string> = new Set([
  'configMap',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'hostPath',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Rejects with what a volume of the pod is to hold and is not there. */
export async function checkVolumes({ metadata, spec }: Pod, source: ConfigSource): Promise<void> {
  const { namespace = '' } = metadata;
  for (const volume of spec?.volumes ?? []) {
    for (const { keys, ...wanted } of contentsOf(volume)) {
      const reference = { ...wanted, namespace };
      try {
        const found = await readConfig(source, reference);
        const missing = keys.find((key) => found?.keys.has(key) === false);
        if (missing !== undefined && !wanted.optional) throw missingKey(reference, missing);
      } catch (err) {
        throw new Error(`volume "${volume.name}": ${err instanceof Error ? err.message : String(err)}`, { cause: err });
      }
    }
  }
}

/** Of the volumes that nobody here can make: `data: nfs`. */
export function foreignVolumes({ spec }: Pod): readonly string[] {
  return (spec?.volumes ?? []).flatMap(({ name, ...sources }) =>
    Object.keys(sources)
      .filter((kind) => !MADE_HERE.has(kind))
      .map((kind) => `${name}: ${kind}`),
  );
}

function contentsOf({ configMap, secret, projected }: Volume): readonly Content[] {
  return [
    ...(configMap === undefined ? [] : [contentOf('configmap', configMap)]),
    ...(secret === undefined ? [] : [contentOf('secret', { ...secret, name: secret.secretName ?? '' })]),
    ...(projected?.sources ?? []).flatMap(projectedContents),
  ];
}

function projectedContents({ configMap, secret }: Projection): readonly Content[] {
  return [
    ...(configMap === undefined ? [] : [contentOf('configmap', configMap)]),
    ...(secret === undefined ? [] : [contentOf('secret', secret)]),
  ];
}

function contentOf(kind: ConfigKind, { name = '', optional = false, items = [] }: Given): Content {
  return { kind, name, optional, keys: items.map(({ key }) => key) };
}
