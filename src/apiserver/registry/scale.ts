import {
  badRequest,
  invalid,
  invalidValue,
  isObject,
  type KubeObject,
  type ObjectMeta,
} from '../../apimachinery/index.ts';
import type { Subresource } from '../resource-definition.ts';
import type { Version } from './codec.ts';
import { SCALE_KIND } from './scale-kind.ts';
import type { AdmittedView } from './update.ts';

export type ScaleSubresource = Extract<Subresource, { type: 'scale' }>;

/** `autoscaling/v1 Scale`. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly replicas: number; readonly selector: string };
}

export function scaleOf(subresource: ScaleSubresource, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { specReplicas, statusReplicas, selector } = subresource.read(object);
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  return {
    kind: SCALE_KIND.kind,
    apiVersion: 'autoscaling/v1',
    // @NOTE a field that is undefined here is one that the object does not have; JSON leaves it out.
    metadata: JSON.parse(JSON.stringify(metadata)) as ObjectMeta,
    spec: { replicas: specReplicas },
    status: { replicas: statusReplicas, selector },
  };
}

export function scaleVersion(subresource: ScaleSubresource, { object }: Version): Version {
  const scale = scaleOf(subresource, object);
  return { object: scale, bytes: Buffer.from(JSON.stringify(withoutZeros(scale))) };
}

/** As Go writes it: nothing wanted and no selector are not said, nothing there is. */
function withoutZeros({ spec, status, ...scale }: Scale): KubeObject {
  const { selector, replicas } = status;
  const told = { ...scale, spec: spec.replicas === 0 ? {} : spec, status: { replicas, ...(selector && { selector }) } };
  return told;
}

/** The object scaled as `scale` says; the version and identity that the client named in it go along to be checked. */
export function scaled(subresource: ScaleSubresource, old: KubeObject, scale: KubeObject): KubeObject {
  const next = subresource.write(old, replicasOf(scale));
  const { name, namespace, uid, resourceVersion } = scale.metadata;
  const named = { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) };
  const { resourceVersion: _version, uid: _uid, ...metadata } = next.metadata;
  return {
    ...next,
    metadata: {
      ...metadata,
      ...named,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}

/** What admission is shown of an object that is scaled, and may change of it. */
export function scaleView(subresource: ScaleSubresource): AdmittedView {
  return {
    body: SCALE_KIND,
    show: (object) => scaleOf(subresource, object),
    restore: (object, scale) => subresource.write(object, replicasOf(scale)),
  };
}

function replicasOf(scale: KubeObject): number {
  const spec: unknown = 'spec' in scale ? scale.spec : undefined;
  const replicas = isObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas is not an integer');
  }
  if (replicas >= 0) return replicas;
  const error = invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0');
  throw invalid(SCALE_KIND, scale.metadata.name ?? '', [error]);
}
