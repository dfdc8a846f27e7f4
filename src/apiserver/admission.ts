import type { KubeObject, Resource } from '../apimachinery/index.ts';
import type { Annotate } from './audit/annotations.ts';
import type { UserInfo, Verb } from './resource-definition.ts';

/** One write on its way between authorization and the Registry. */
export interface AdmissionRequest {
  /** The same object in all calls about one attempt to write, so that a plugin may keep what it reserved beside it. */
  readonly attempt: object;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly verb: Verb;
  readonly resource: Resource;
  readonly subresource?: string;
  readonly namespace?: string;
  /** Empty for a create by `generateName`. */
  readonly name: string;
  /** Absent for DELETE. */
  readonly object?: KubeObject;
  /** Absent for CREATE. */
  readonly oldObject?: KubeObject;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  warn(text: string): void;
  readonly annotate: Annotate;
}

/** Policy. Called in the order of one visible list; all `mutate` first, then all `validate`. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  /** The object to go on with. Throws a `StatusError` to refuse. */
  mutate?(request: AdmissionRequest, signal: AbortSignal): Promise<KubeObject>;
  /** Throws a `StatusError` to refuse. */
  validate?(request: AdmissionRequest, signal: AbortSignal): Promise<void>;
  /** The write that this plugin was asked about was not stored after all: release what was reserved for it. */
  rolledBack?(request: AdmissionRequest): void;
}
