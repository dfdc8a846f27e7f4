import type { KubeObject, Resource, Selector } from '../../../src/apimachinery/index.ts';
import type { PodTemplateSpec, ReplicaSet } from '../../../src/apis/index.ts';

/** What keeps a number of pods of one template. Kinds differ in how they select, and in nothing else. */
export interface ReplicaOwner extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: PodTemplateSpec;
  };
  readonly status?: NonNullable<ReplicaSet['status']>;
}

export interface ReplicaKind<T extends ReplicaOwner> {
  readonly kind: string;
  /** Of the controller. */
  readonly name: string;
  readonly resource: Resource<T>;
  readonly selectorOf: (owner: T) => Selector;
  /** The component whose events they are. */
  readonly component: string;
}
