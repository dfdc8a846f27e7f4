import { randomUUID } from 'node:crypto';
import { deepEqual, formatTime, type KubeObject, type ObjectMeta } from '../../apimachinery/index.ts';

type ServerFields = Pick<
  ObjectMeta,
  'uid' | 'creationTimestamp' | 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation' | 'resourceVersion'
>;

const UNSET: { readonly [field in keyof ObjectMeta]?: undefined } = {
  uid: undefined,
  creationTimestamp: undefined,
  deletionTimestamp: undefined,
  deletionGracePeriodSeconds: undefined,
  generation: undefined,
  resourceVersion: undefined,
  selfLink: undefined,
  managedFields: undefined,
};

/** The metadata that only the server writes, for a new object. */
export function newServerFields(object: KubeObject, now: number): ServerFields {
  return {
    uid: randomUUID(),
    creationTimestamp: formatTime(now),
    ...('spec' in object ? { generation: 1 } : {}),
  };
}

/** The same of an object that is there. */
export function serverFieldsOf({ metadata }: KubeObject): ServerFields {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } =
    metadata;
  return defined({
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    resourceVersion,
  });
}

/** Whatever a client or a plugin put there, these are the fields that only the server writes. */
export function withServerFields(object: KubeObject, fields: ServerFields): KubeObject {
  return { ...object, metadata: defined({ ...object.metadata, ...UNSET, ...fields }) };
}

/** Counts a change of anything but metadata and status, in kinds that are counted at all. */
export function withGeneration(object: KubeObject, old: KubeObject): KubeObject {
  const { generation } = old.metadata;
  if (generation === undefined || !differs(object, old)) return object;
  return { ...object, metadata: { ...object.metadata, generation: generation + 1 } };
}

function differs(a: KubeObject, b: KubeObject): boolean {
  return !deepEqual(contentOf(a), contentOf(b));
}

function contentOf(object: KubeObject): unknown {
  return { ...object, apiVersion: undefined, kind: undefined, metadata: undefined, status: undefined };
}

function defined<T extends object>(fields: { readonly [field in keyof T]: T[field] | undefined }): T {
  // @NOTE every field that is left has the type it has in T.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
