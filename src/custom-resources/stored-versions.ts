import { apiVersionOf, type KubeObject } from '../apimachinery/index.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../apis/index.ts';
import type { StoredVersions } from '../apiserver/index.ts';
import { customSchema, type CustomSchema } from './schema/custom-schema.ts';

/** Objects of one kind in another version of their group, in the same order. */
export type Convert = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>;

export interface StoredVersionsOptions {
  readonly definition: CustomResourceDefinition;
  /** The one that is served. */
  readonly version: CustomResourceDefinitionVersion;
  /** Absent where versions differ in nothing but their name. */
  readonly convert?: Convert;
}

/**
 * What is read is completed by the schema of the version that it was stored in, and keeps of that what the served
 * version knows; what is written keeps what the stored version knows.
 */
export function storedVersions({ definition, version, convert }: StoredVersionsOptions): StoredVersions {
  const { group, versions } = definition.spec;
  const schemas = new Map(versions.map((each) => [apiVersionOf({ group, version: each.name }), schemaOf(each)]));
  const own = apiVersionOf({ group, version: version.name });
  const storage = versions.find((candidate) => candidate.storage)?.name ?? version.name;
  const written = apiVersionOf({ group, version: storage });

  /** A version that the definition names no longer is not known to mean anything by saying nothing. */
  function complete(object: KubeObject): KubeObject {
    return schemas.get(object.apiVersion)?.().complete(object) ?? object;
  }

  /** Nothing else is known in a version than its schema says. */
  function known(object: KubeObject): KubeObject {
    return schemas.get(object.apiVersion)?.().read(object).object ?? object;
  }

  function renamed(apiVersion: string): (object: KubeObject) => KubeObject {
    return (object) => (object.apiVersion === apiVersion ? object : known({ ...object, apiVersion }));
  }

  if (convert === undefined) {
    return {
      version: storage,
      waits: false,
      fromStored: (objects) => objects.map(complete).map(renamed(own)),
      toStored: (objects) => (own === written ? objects : objects.map(renamed(written))),
    };
  }
  return {
    version: storage,
    waits: true,
    fromStored: (objects) => {
      const completed = objects.map(complete);
      if (completed.every(({ apiVersion }) => apiVersion === own)) return completed;
      return convert(completed, own).then((converted) => converted.map(known));
    },
    toStored: (objects) =>
      own === written ? objects : convert(objects, written).then((converted) => converted.map(known)),
  };
}

/** Made when it is first asked for: most versions are never read. */
function schemaOf({ schema }: CustomResourceDefinitionVersion): () => CustomSchema {
  let made: CustomSchema | undefined;
  return () => (made ??= customSchema(schema?.openAPIV3Schema ?? {}));
}
