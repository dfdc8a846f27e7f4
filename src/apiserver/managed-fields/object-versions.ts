import {
  apiVersionOf,
  DEDUCED,
  fieldElement,
  groupResource,
  type KubeObject,
  type MergeType,
  type MergeTypes,
  type ObjectVersions,
  type TypeTable,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

export interface ObjectVersionsDeps {
  /** What is stored. */
  readonly definition: ResourceDefinition;
  readonly served: () => readonly ResourceDefinition[];
  readonly mergeTypeOf: (definition: ResourceDefinition) => MergeType;
}

/** The versions in which objects of a stored resource can be seen. */
export function objectVersions({ definition, served, mergeTypeOf }: ObjectVersionsDeps): ObjectVersions {
  const find = (apiVersion: string) =>
    apiVersionOf(definition) === apiVersion
      ? definition
      : served().find((other) => apiVersionOf(other) === apiVersion && isSameResource(other, definition));
  return {
    typeOf: (apiVersion) => {
      const found = find(apiVersion);
      return found === undefined ? undefined : mergeTypeOf(found);
    },
    convert: async (object, from, to) => {
      const [source, target] = [find(from), find(to)];
      if (source === undefined || target === undefined) throw new TypeError(`nothing is served as ${from} and ${to}`);
      // Before there is an object there is nothing in any version.
      return Object.keys(object).length === 0 ? object : asStoredIn(target, await toStored(source, object));
    },
  };
}

/** Made once for each definition, when it is first asked for. */
export function mergeTypesOf(typeNamed: MergeTypes, types: TypeTable): (definition: ResourceDefinition) => MergeType {
  const known = new WeakMap<ResourceDefinition, MergeType>();
  const make = ({ mergeType, schema }: ResourceDefinition): MergeType => {
    if (mergeType !== undefined) return mergeType(typeNamed);
    return types.get(schema) === undefined ? withoutSchema(typeNamed) : typeNamed(schema);
  };
  return (definition) => {
    let type = known.get(definition);
    if (type === undefined) {
      type = make(definition);
      known.set(definition, type);
    }
    return type;
  };
}

/** Of a kind that is in no table only the metadata is known. */
function withoutSchema(typeNamed: MergeTypes): MergeType {
  const metadata = { element: fieldElement('metadata'), type: typeNamed(OBJECT_META), always: true };
  return { kind: 'map', field: (name) => (name === 'metadata' ? metadata : undefined), values: DEDUCED };
}

function isSameResource(other: ResourceDefinition, stored: ResourceDefinition): boolean {
  if (other.storedAs !== undefined) return other.storedAs.definition === stored;
  return other.stored !== undefined && groupResource(other) === groupResource(stored);
}

async function toStored({ storedAs, stored }: ResourceDefinition, object: UnknownObject): Promise<KubeObject> {
  // @NOTE objects come as they were read or decoded, and a configuration that is applied has passed as its kind.
  const whole = object as unknown as KubeObject;
  return only(await (storedAs ?? stored)?.toStored([whole]), whole);
}

async function asStoredIn({ storedAs, stored }: ResourceDefinition, object: KubeObject): Promise<UnknownObject> {
  return { ...only(await (storedAs ?? stored)?.fromStored([object]), object) };
}

function only(converted: readonly KubeObject[] | undefined, object: KubeObject): KubeObject {
  return converted?.[0] ?? object;
}
