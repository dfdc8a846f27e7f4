import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { ClusterAffinity, ResourceSelector } from './placement-policy.ts';

export type OverrideOperator = 'add' | 'remove' | 'replace';

/** One operation of a JSON patch, without `test`, `move` and `copy`. */
export interface PlaintextOverrider {
  readonly path: string;
  readonly operator: OverrideOperator;
  readonly value?: unknown;
}

/** One part of the images `[registry/]repository[:tag or @digest]` of a workload. */
export interface ImageOverrider {
  readonly component: 'Registry' | 'Repository' | 'Tag';
  readonly operator: OverrideOperator;
  readonly value?: string;
  /** Of the one image at this path; those of all containers of the pod template when absent. */
  readonly predicate?: { readonly path: string };
}

export interface CommandOverrider {
  readonly containerName: string;
  readonly operator: 'add' | 'remove';
  readonly value?: readonly string[];
}

export interface EnvOverrider {
  readonly containerName: string;
  readonly operator: OverrideOperator;
  readonly value?: readonly { readonly name: string; readonly value?: string }[];
}

export interface TextsOverrider {
  readonly operator: OverrideOperator;
  readonly value?: Readonly<Record<string, string>>;
}

/** Applied in this order, `plaintext` last. */
export interface Overriders {
  readonly imageOverrider?: readonly ImageOverrider[];
  readonly commandOverrider?: readonly CommandOverrider[];
  readonly argsOverrider?: readonly CommandOverrider[];
  readonly envOverrider?: readonly EnvOverrider[];
  readonly labelsOverrider?: readonly TextsOverrider[];
  readonly annotationsOverrider?: readonly TextsOverrider[];
  /** Of a workload: so many there, whatever the division says. The others share the rest. */
  readonly replicas?: number;
  readonly plaintext?: readonly PlaintextOverrider[];
}

export interface OverrideRule {
  /** All clusters when absent. */
  readonly targetCluster?: ClusterAffinity;
  readonly overriders: Overriders;
}

export interface OverridePolicySpec {
  readonly resourceSelectors: readonly ResourceSelector[];
  /** Policies are applied in the order of rising priority: where two change the same, the higher one wins. */
  readonly priority?: number;
  readonly overrideRules: readonly OverrideRule[];
}

export interface OverridePolicyStatus {
  readonly observedGeneration?: number;
  /** Objects that it changes somewhere. */
  readonly objects?: number;
  /** Of these, how many it makes invalid somewhere, where they stay as they are. */
  readonly failed?: number;
}

/** Makes objects differ from cluster to cluster; of one namespace, or (`ClusterOverridePolicy`) of any. */
export interface OverridePolicy extends KubeObject {
  readonly spec?: OverridePolicySpec;
  readonly status?: OverridePolicyStatus;
}
