import { badRequest } from '../../apimachinery/index.ts';
import { at, changed, fieldsOf, isEmpty, present, textOf, without, type Fields } from './fields.ts';

/** Annotations that were fields to be: what they say goes where it belongs today. */

const INIT_CONTAINERS = ['pod.beta.kubernetes.io/init-containers', 'pod.alpha.kubernetes.io/init-containers'];
const GONE = ['pod.beta.kubernetes.io/init-container-statuses', 'pod.alpha.kubernetes.io/init-container-statuses'];

/** Field of a pod's spec, and whether the annotation holds JSON. */
const POD: Readonly<Record<string, readonly [field: string, isJson: boolean]>> = {
  ...Object.fromEntries(INIT_CONTAINERS.toReversed().map((name) => [name, ['initContainers', true] as const])),
  'scheduler.alpha.kubernetes.io/affinity': ['affinity', true],
  'scheduler.alpha.kubernetes.io/tolerations': ['tolerations', true],
  'scheduler.alpha.kubernetes.io/name': ['schedulerName', false],
  'pod.beta.kubernetes.io/hostname': ['hostname', false],
  'pod.beta.kubernetes.io/subdomain': ['subdomain', false],
};

function annotationsOf(object: Fields): Fields {
  return fieldsOf(at(object, 'metadata', 'annotations'));
}

function withoutAnnotations(object: Fields, names: readonly string[]): Fields {
  return changed(object, 'metadata', (metadata) => {
    const annotations = without(fieldsOf(metadata['annotations']), ...names);
    return isEmpty(annotations) ? without(metadata, 'annotations') : { ...metadata, annotations };
  });
}

function parsed(name: string, text: unknown): unknown {
  try {
    return JSON.parse(textOf(text));
  } catch (err) {
    throw badRequest(`metadata.annotations[${name}] is not JSON`, err);
  }
}

/** A field that is set already wins. */
function podOf(pod: Fields): Fields {
  const annotations = annotationsOf(pod);
  const names = [...Object.keys(POD), ...GONE].filter((name) => name in annotations);
  if (names.length === 0) return pod;
  const moved = Object.entries(POD)
    .filter(([name]) => name in annotations)
    .map(([name, [field, isJson]]) => [field, isJson ? parsed(name, annotations[name]) : annotations[name]] as const);
  return { ...withoutAnnotations(pod, names), spec: { ...Object.fromEntries(moved), ...fieldsOf(pod['spec']) } };
}

const TRAFFIC = ['service.beta.kubernetes.io/external-traffic', 'service.alpha.kubernetes.io/external-traffic'];
const HEALTH = ['service.beta.kubernetes.io/healthcheck-nodeport', 'service.alpha.kubernetes.io/healthcheck-nodeport'];
const UNREADY = 'service.alpha.kubernetes.io/tolerate-unready-endpoints';

function serviceOf(service: Fields): Fields {
  const annotations = annotationsOf(service);
  const first = (names: readonly string[]) =>
    names.map((name) => annotations[name]).find((value) => value !== undefined);
  const traffic = first(TRAFFIC);
  const port = first(HEALTH);
  const spec = {
    ...(traffic === undefined ? {} : { externalTrafficPolicy: traffic === 'OnlyLocal' ? 'Local' : 'Cluster' }),
    ...(port === undefined ? {} : { healthCheckNodePort: Number(port) }),
    ...(annotations[UNREADY] === 'true' ? { publishNotReadyAddresses: true } : {}),
  };
  if (isEmpty(spec)) return service;
  const rest = withoutAnnotations(service, [...TRAFFIC, ...HEALTH, UNREADY]);
  return { ...rest, spec: { ...spec, ...fieldsOf(service['spec']) } };
}

const CLASS = 'volume.beta.kubernetes.io/storage-class';
/** Asked for a volume, whatever it said; the default class gives one today. */
const ANY_CLASS = 'volume.alpha.kubernetes.io/storage-class';

function claimOf(claim: Fields): Fields {
  const annotations = annotationsOf(claim);
  if (annotations[CLASS] === undefined && annotations[ANY_CLASS] === undefined) return claim;
  const rest = withoutAnnotations(claim, [CLASS, ANY_CLASS]);
  return { ...rest, spec: { ...present({ storageClassName: annotations[CLASS] }), ...fieldsOf(claim['spec']) } };
}

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const OLD_DEFAULT_CLASS = 'storageclass.beta.kubernetes.io/is-default-class';

/** This one is an annotation still, by another name. */
function storageClassOf(storageClass: Fields): Fields {
  const { [OLD_DEFAULT_CLASS]: isDefault, ...annotations } = annotationsOf(storageClass);
  if (isDefault === undefined) return storageClass;
  return changed(storageClass, 'metadata', (metadata) => ({
    ...metadata,
    annotations: { [DEFAULT_CLASS]: isDefault, ...annotations },
  }));
}

function inTemplate(object: Fields): Fields {
  return changed(object, 'spec', (spec) => changed(spec, 'template', podOf));
}

const byKind: Readonly<Record<string, (object: Fields) => Fields>> = {
  Pod: podOf,
  Service: serviceOf,
  PersistentVolume: claimOf,
  PersistentVolumeClaim: claimOf,
  StorageClass: storageClassOf,
  ...Object.fromEntries(
    ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'ReplicationController', 'Job'].map((kind) => [
      kind,
      inTemplate,
    ]),
  ),
  CronJob: (object) => changed(object, 'spec', (spec) => changed(spec, 'jobTemplate', inTemplate)),
};

/** The same object with fields for what annotations said before there were fields. */
export function withoutFieldAnnotations(kind: string, object: Fields): Fields {
  return byKind[kind]?.(object) ?? object;
}
