import { bindingBody } from '../../../src/apis/index.ts';
import type { KubeObject } from '../../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import type { Client, ObjectEvent } from '../../../src/client/index.ts';
import { testConfigMaps, testDeployments, testNamespaces, testPods } from '../../harness/resources.ts';

export interface ClientUnderTest extends AsyncDisposable {
  /** Of someone who may do everything, at an API server with `clientResources` and the namespaces `default` and `other`, both empty. */
  readonly client: Client;
  /** Of someone who may do nothing. */
  readonly stranger: Client;
  /** The server forgets its history. */
  readonly compact: () => Promise<void>;
}

/** What a test does beside using its clients. */
export interface ClientTestTraits {
  /** It has the server forget its history: whoever shares the store of this one would be hit as well. */
  readonly forgets?: boolean;
}

export type ClientTests = (
  title: string,
  body: (underTest: ClientUnderTest) => Promise<void>,
  traits?: ClientTestTraits,
) => void;

const podsWithBinding: typeof testPods = {
  ...testPods,
  subresources: [
    ...(testPods.subresources ?? []),
    {
      type: 'create',
      name: 'binding',
      body: bindingBody,
      create: async (body, { key, dryRun }) => ({ ...body, metadata: { ...key, labels: { dryRun: String(dryRun) } } }),
    },
  ],
};

export const clientResources: readonly ResourceDefinition[] = [
  testNamespaces,
  testConfigMaps,
  testDeployments,
  podsWithBinding,
];

export const FORGETS: ClientTestTraits = { forgets: true };

export const key = (name: string, namespace = 'default') => ({ namespace, name });

export function createConfigMap(
  client: Client,
  name: string,
  { namespace = 'default', labels = {}, data = {} }: { namespace?: string; labels?: object; data?: object } = {},
) {
  return client.create(testConfigMaps, { metadata: { namespace, name, labels: { ...labels } }, data: { ...data } });
}

export const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);

export const described = ({ type, object }: ObjectEvent) => `${type} ${object.metadata.name ?? ''}`;

/** The first `count` events, as `TYPE name`. */
export async function first<T extends KubeObject>(
  events: AsyncIterable<ObjectEvent<T>>,
  count: number,
): Promise<ObjectEvent<T>[]> {
  const seen: ObjectEvent<T>[] = [];
  for await (const event of events) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}
