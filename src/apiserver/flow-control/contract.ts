import type { KubeObject } from '../../apimachinery/index.ts';

/** `flowcontrol.apiserver.k8s.io/v1`, as far as a decision needs it. */
export interface FlowSchemaLike extends KubeObject {
  readonly spec?: {
    readonly priorityLevelConfiguration: { readonly name: string };
    /** The lowest that matches decides; then the name. */
    readonly matchingPrecedence?: number;
    readonly distinguisherMethod?: { readonly type: string };
    readonly rules?: readonly FlowRules[];
  };
}

export interface FlowRules {
  readonly subjects: readonly FlowSubject[];
  readonly resourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly clusterScope?: boolean;
    readonly namespaces?: readonly string[];
  }[];
  readonly nonResourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
}

export interface FlowSubject {
  readonly kind: string;
  readonly user?: { readonly name: string };
  readonly group?: { readonly name: string };
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface PriorityLevelLike extends KubeObject {
  readonly spec?: {
    /** `Exempt` or `Limited`. */
    readonly type: string;
    readonly limited?: {
      readonly nominalConcurrencyShares?: number;
      readonly lendablePercent?: number;
      readonly borrowingLimitPercent?: number;
      readonly limitResponse?: {
        /** `Queue` or `Reject`. */
        readonly type: string;
        readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number };
      };
    };
  };
}

/** Where the configuration is read; informers fit. */
export interface FlowControlSource {
  flowSchemas(): readonly FlowSchemaLike[];
  priorityLevels(): readonly PriorityLevelLike[];
  /** Calls `changed` after every change of either, until the returned function is called. */
  onChange(changed: () => void): () => void;
}
