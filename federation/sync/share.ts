import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { FieldPath } from './field-path.ts';

/** What overrides make of an object. */
export interface ObjectChange {
  /** Two changes with the same mark have the same outcome. */
  readonly mark: string;
  apply<T extends KubeObject>(object: T): T;
}

/** What one cluster shall have of an object. */
export interface Share {
  /** For kinds whose replicas are divided; of a Job, how many of its pods run at a time. */
  readonly replicas?: number;
  /** Of a Job: how many of its pods shall succeed there. */
  readonly completions?: number;
  /** Of a StatefulSet: the number of its first pod, and of those that an update leaves as they are. */
  readonly ordinals?: { readonly start: number; readonly partition?: number };
  /** Of a Job that has failed elsewhere: it shall run no longer. */
  readonly isSuspended?: true;
  /** A field that is the member's to set once the copy is there, as somebody in it scales it. */
  readonly leaves?: FieldPath;
  /** Where the cluster shall have it otherwise than it is here. */
  readonly change?: ObjectChange;
}

/** Two shares with the same mark are of the same copy. */
export function markOf(share: Share): string {
  return JSON.stringify({ ...share, change: share.change?.mark });
}
