import { isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, secrets, type ConfigMap, type Secret } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';

export type ConfigKind = 'configmap' | 'secret';

/** What one ConfigMap or Secret holds. */
export interface ConfigData {
  readonly text: Readonly<Record<string, string>>;
  /** Of text and of bytes. */
  readonly keys: ReadonlySet<string>;
  /** In base64, what is not all text. */
  readonly binary?: Readonly<Record<string, string>>;
}

/** Resolves to undefined when there is none. */
export type ConfigSource = (kind: ConfigKind, namespace: string, name: string) => Promise<ConfigData | undefined>;

export interface ConfigReference {
  readonly kind: ConfigKind;
  readonly namespace: string;
  readonly name: string;
  readonly optional: boolean;
}

export function createConfigSource(client: Client): ConfigSource {
  return async (kind, namespace, name) => {
    try {
      const key = { namespace, name };
      return kind === 'secret'
        ? ofSecret(await client.get(secrets, key))
        : ofConfigMap(await client.get(configMaps, key));
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  };
}

/** Rejects with a sentence that names it when it is missing and may not be. */
export async function readConfig(source: ConfigSource, reference: ConfigReference): Promise<ConfigData | undefined> {
  const { kind, namespace, name, optional } = reference;
  const found = await source(kind, namespace, name);
  if (found === undefined && !optional) throw new Error(`${kind} "${name}" not found`);
  return found;
}

export function missingKey({ kind, namespace, name }: ConfigReference, key: string): Error {
  return new Error(`${kind} ${namespace}/${name} has no key "${key}"`);
}

function ofConfigMap({ data = {}, binaryData = {} }: ConfigMap): ConfigData {
  return { text: data, binary: binaryData, keys: new Set([...Object.keys(data), ...Object.keys(binaryData)]) };
}

function ofSecret({ data = {} }: Secret): ConfigData {
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);
  return { text: Object.fromEntries(decoded), binary: data, keys: new Set(Object.keys(data)) };
}
