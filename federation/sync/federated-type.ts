import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Apportion } from './apportionment.ts';
import type { PodLooks } from './kinds/pod-looks.ts';
import type { Share } from './share.ts';

/** One member's copy, as last seen. */
export interface MemberCopy<T extends KubeObject> {
  readonly cluster: string;
  readonly object: T;
}

export interface PlanInput<T extends KubeObject> {
  readonly object: T;
  /** Clusters that are selected and not offline. */
  readonly clusters: readonly string[];
  readonly copies: readonly MemberCopy<T>[];
  /** The most that a cluster may have: it is cordoned, and keeps what it has. */
  readonly limits: ReadonlyMap<string, number>;
  /** For a closer look at a copy; `undefined` for a cluster without client. */
  readonly client: (cluster: string) => Client | undefined;
  readonly looks: PodLooks;
  readonly now: number;
}

export type Plan =
  | { readonly ok: true; readonly shares: ReadonlyMap<string, Share>; readonly reviewAfterMs?: number }
  /** Every cluster keeps what it has; the problem is told as a Warning event. */
  | { readonly ok: false; readonly reason: string; readonly problem: string };

/** What must be there before other things are of any use goes first. */
export const ranks = { foundation: 0, configuration: 1, workload: 2, custom: 3 } as const;

/** One member, for a closer look. */
export interface MemberView {
  readonly client: Client;
  readonly federationName: string;
  /** Whether there are copies whose objects the federation does not have, of a resource or in a namespace. */
  readonly holdsUnknown: (where: CopiesThere, signal: AbortSignal) => Promise<boolean>;
}

export type CopiesThere = { readonly resource: Resource } | { readonly namespace: string };

export interface ScaledHere {
  /** The federation itself does what this autoscaler asks for. */
  isScaledHere(autoscaler: KubeObject): boolean;
}

/** What differs between kinds that are copied into members, as data. */
export interface FederatedType<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** Kinds of a lower rank go to a member first; see `ranks`. */
  readonly rank: number;
  /** Content is ours whole: what somebody in a member adds to it is taken away again. */
  readonly isWhole?: boolean;
  /** Objects that are the control plane's own, or each member's own, and stay where they are. */
  stays?(object: T): boolean;
  /** For kinds that go to members on demand only; what is wanted no longer goes from there again. */
  isWanted?(object: T, scaling: ScaledHere): boolean;
  /** The member's copy without metadata: nothing that the member decides, such as status. */
  toMember(object: T, share: Share): T;
  /** Puts what the member decided (cluster IPs, node ports) into a copy that replaces its own. */
  retain?(desired: T, member: T): T;
  /** Whether the member has what the copy asks for; what the member added by defaulting is not ours. */
  equivalent(desired: T, member: T): boolean;
  /** An object of that name which the federation did not make serves as well; it is left alone, without complaint. */
  readonly acceptsForeign?: boolean;
  /** Deleting the copy would take what is not ours along: then it is left there, and is no longer ours. */
  readonly isUsedByOthers?: (copy: T, view: MemberView, signal: AbortSignal) => Promise<boolean>;
  /** Whether deletion in the members may begin; later when not. */
  readyToDelete?(object: T): boolean;
  /** Divides what is to be divided; every selected cluster has the whole when absent. */
  plan?(input: PlanInput<T>, signal: AbortSignal): Promise<Plan>;
  /** Divides by rules of its own, and knows what has been given out before. */
  readonly apportion?: Apportion<T>;
  /** The federated object with the status that follows from the copies; the same object when nothing changed. */
  aggregateStatus?(object: T, copies: readonly MemberCopy<T>[], context: StatusContext): T;
}

export interface StatusContext {
  /** Every member that shall have a copy has the present one, and all there is to divide is divided. */
  readonly isSettled: boolean;
  readonly now: number;
}
