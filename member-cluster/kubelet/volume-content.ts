import { serviceAccounts, type Container, type Pod, type Volume } from '../../src/apis/index.ts';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { ContainerMount } from '../runtime/index.ts';
import { readConfig, type ConfigData, type ConfigKind, type ConfigSource } from './config-source.ts';
import { fieldValue, resourceValue, type PodPlace } from './field-value.ts';

export interface VolumeContext {
  readonly pod: Pod;
  readonly container: Container;
  readonly place: PodPlace;
  readonly config: ConfigSource;
  readonly client: Client;
  /** Names of persistent volumes by the names that the pod has for them. */
  readonly persistent: ReadonlyMap<string, string>;
}

type Content = ReadonlyMap<string, Buffer>;
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
interface Chosen {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

const TOKEN_SECONDS = 3607;

/** What a container sees of its pod's volumes; what they hold is looked up when somebody looks. */
export function mountsOf(context: VolumeContext): readonly ContainerMount[] {
  const { pod, container, persistent } = context;
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  return (container.volumeMounts ?? []).flatMap((mount): ContainerMount[] => {
    const volume = volumes.get(mount.name);
    if (volume === undefined) return [];
    const content = contentOf(volume, context);
    const disk = persistent.get(volume.name);
    return [
      {
        containerPath: mount.mountPath,
        volume: mount.name,
        readOnly: mount.readOnly ?? false,
        ...(content === undefined ? {} : { content }),
        ...(disk === undefined ? {} : { persistent: disk }),
        ...(mount.subPath === undefined || mount.subPath === '' ? {} : { subPath: mount.subPath }),
      },
    ];
  });
}

/** Undefined for volumes that begin empty. */
function contentOf(volume: Volume, context: VolumeContext): (() => Promise<Content>) | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) return () => fromConfig('configmap', configMap, context);
  if (secret !== undefined) return () => fromConfig('secret', { ...secret, name: secret.secretName ?? '' }, context);
  if (downwardAPI !== undefined) return async () => fromPod(downwardAPI.items ?? [], context);
  if (projected !== undefined) return () => merged(projected.sources ?? [], context);
  return undefined;
}

async function merged(sources: readonly Projection[], context: VolumeContext): Promise<Content> {
  const all = new Map<string, Buffer>();
  for (const source of sources) {
    for (const [path, data] of await projection(source, context)) all.set(path, data);
  }
  return all;
}

async function projection(source: Projection, context: VolumeContext): Promise<Content> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) return fromConfig('configmap', configMap, context);
  if (secret !== undefined) return fromConfig('secret', secret, context);
  if (downwardAPI !== undefined) return fromPod(downwardAPI.items ?? [], context);
  if (serviceAccountToken === undefined) return new Map();
  return new Map([[serviceAccountToken.path, Buffer.from(await token(serviceAccountToken, context))]]);
}

async function fromConfig(kind: ConfigKind, given: Chosen, { pod, config }: VolumeContext): Promise<Content> {
  const { name = '', optional = false, items } = given;
  const data = await readConfig(config, { kind, namespace: pod.metadata.namespace ?? '', name, optional });
  if (data === undefined) return new Map();
  const chosen = items ?? [...data.keys].map((key) => ({ key, path: key }));
  return new Map(chosen.flatMap(({ key, path }) => (data.keys.has(key) ? [[path, bytesOf(data, key)] as const] : [])));
}

function bytesOf({ text, binary }: ConfigData, key: string): Buffer {
  const encoded = binary?.[key];
  return encoded === undefined ? Buffer.from(text[key] ?? '') : Buffer.from(encoded, 'base64');
}

function fromPod(items: DownwardItems, { pod, container, place }: VolumeContext): Content {
  return new Map(
    items.map(({ path, fieldRef, resourceFieldRef }) => {
      if (resourceFieldRef !== undefined) {
        return [path, Buffer.from(resourceValue(pod, container, resourceFieldRef, place))] as const;
      }
      const field = fieldRef?.fieldPath ?? '';
      const whole = field === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations;
      const isMap = field === 'metadata.labels' || field === 'metadata.annotations';
      return [path, Buffer.from(isMap ? linesOf(whole) : fieldValue(pod, field, place))] as const;
    }),
  );
}

function linesOf(map: Readonly<Record<string, string>> = {}): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

interface TokenRequest extends KubeObject {
  readonly spec: {
    readonly audiences: readonly string[];
    readonly expirationSeconds: number;
    readonly boundObjectRef: unknown;
  };
  readonly status?: { readonly token: string };
}

async function token(
  { audience = '', expirationSeconds = TOKEN_SECONDS }: NonNullable<Projection['serviceAccountToken']>,
  { pod, client }: VolumeContext,
): Promise<string> {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const key = { namespace, name: pod.spec?.serviceAccountName ?? 'default' };
  const answer = await client.createSubresource<TokenRequest>(serviceAccounts, key, 'token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: audience === '' ? [] : [audience],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  });
  return answer.status?.token ?? '';
}
