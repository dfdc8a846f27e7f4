import type { Container, EnvVarSource, Pod } from '../../src/apis/index.ts';
import { missingKey, readConfig, type ConfigReference, type ConfigSource } from './config-source.ts';
import { expand } from './expand.ts';
import { fieldValue, resourceValue, type PodPlace } from './field-value.ts';

export interface EnvContext {
  readonly pod: Pod;
  readonly place: PodPlace;
  readonly config: ConfigSource;
}

type EnvFrom = NonNullable<Container['envFrom']>[number];

/** The environment of a container, in the order in which it is told. Rejects with what is missing of it. */
export async function containerEnv(
  container: Container,
  context: EnvContext,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const values = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of await wholeOf(source, context)) values.set(name, value);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found = valueFrom === undefined ? expand(value ?? '', values) : await oneOf(valueFrom, container, context);
    if (found !== undefined) values.set(name, found);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

async function wholeOf(
  { prefix = '', configMapRef, secretRef }: EnvFrom,
  context: EnvContext,
): Promise<readonly (readonly [string, string])[]> {
  const kind = secretRef === undefined ? 'configmap' : 'secret';
  const found = await readConfig(context.config, referenceTo(kind, secretRef ?? configMapRef, context));
  return Object.entries(found?.text ?? {}).map(([key, value]) => [prefix + key, value] as const);
}

/** Undefined for what is missing and may be. */
async function oneOf(
  { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef, fileKeyRef }: EnvVarSource,
  container: Container,
  context: EnvContext,
): Promise<string | undefined> {
  if (fieldRef !== undefined) return fieldValue(context.pod, fieldRef.fieldPath, context.place);
  if (resourceFieldRef !== undefined) return resourceValue(context.pod, container, resourceFieldRef, context.place);
  if (fileKeyRef !== undefined) throw new Error('valueFrom.fileKeyRef is not supported');
  const keyRef = secretKeyRef ?? configMapKeyRef;
  if (keyRef === undefined) throw new Error('valueFrom names no source');
  const reference = referenceTo(secretKeyRef === undefined ? 'configmap' : 'secret', keyRef, context);
  const value = (await readConfig(context.config, reference))?.text[keyRef.key];
  if (value === undefined && !reference.optional) throw missingKey(reference, keyRef.key);
  return value;
}

function referenceTo(
  kind: ConfigReference['kind'],
  given: { readonly name?: string; readonly optional?: boolean } | undefined,
  { pod }: EnvContext,
): ConfigReference {
  const { name = '', optional = false } = given ?? {};
  return { kind, namespace: pod.metadata.namespace ?? '', name, optional };
}
