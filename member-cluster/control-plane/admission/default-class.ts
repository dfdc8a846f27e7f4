import { groupResource, type KubeObject } from '../../../src/apimachinery/index.ts';
import type { Ingress, IngressClass, PersistentVolumeClaim, StorageClass } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { KnownObjects } from './known-objects.ts';

interface DefaultClass<T extends KubeObject> {
  readonly name: string;
  readonly groupResource: string;
  readonly classes: KnownObjects<KubeObject>;
  /** Annotations of which one is `true` at the class of those who name none. */
  readonly marks: readonly string[];
  readonly isNamed: (object: T) => boolean;
  readonly withClass: (object: T, name: string) => T;
}

/** Claims that name no class are of the default one, if there is any. */
export function defaultStorageClass(classes: KnownObjects<StorageClass>): AdmissionPlugin {
  return defaultClass<PersistentVolumeClaim>({
    name: 'DefaultStorageClass',
    groupResource: 'persistentvolumeclaims',
    classes,
    marks: ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'],
    isNamed: ({ metadata, spec }) =>
      spec?.storageClassName !== undefined ||
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined,
    withClass: (claim, storageClassName) => ({ ...claim, spec: { ...claim.spec, storageClassName } }),
  });
}

/** The same of Ingresses. */
export function defaultIngressClass(classes: KnownObjects<IngressClass>): AdmissionPlugin {
  return defaultClass<Ingress>({
    name: 'DefaultIngressClass',
    groupResource: 'ingresses.networking.k8s.io',
    classes,
    marks: ['ingressclass.kubernetes.io/is-default-class'],
    isNamed: ({ metadata, spec }) =>
      spec?.ingressClassName !== undefined || metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined,
    withClass: (ingress, ingressClassName) => ({ ...ingress, spec: { ...ingress.spec, ingressClassName } }),
  });
}

function defaultClass<T extends KubeObject>(kind: DefaultClass<T>): AdmissionPlugin {
  return {
    name: kind.name,
    handles: ({ resource, subresource, operation }) =>
      operation === 'CREATE' && subresource === undefined && groupResource(resource) === kind.groupResource,
    async mutate(request, signal) {
      // @NOTE it handles nothing but creates of this kind.
      const object = request.object as T;
      if (kind.isNamed(object)) return object;
      const name = newest((await kind.classes(signal)).list(), kind.marks)?.metadata.name;
      return name === undefined ? object : kind.withClass(object, name);
    },
  };
}

/** While one default is being replaced by another there may be two. */
function newest(classes: readonly KubeObject[], marks: readonly string[]): KubeObject | undefined {
  const age = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  const name = ({ metadata }: KubeObject) => metadata.name ?? '';
  return classes
    .filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === 'true'))
    .toSorted((a, b) => age(b).localeCompare(age(a)) || name(a).localeCompare(name(b)))[0];
}
