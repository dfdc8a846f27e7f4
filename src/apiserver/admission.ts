import type { KubeObject, Resource } from '../apimachinery/index.ts';
import type { Annotate } from './audit/annotations.ts';
import type { UserInfo, Verb } from './resource-definition.ts';

/** What a body is that is not of its resource's kind. */
export type BodyKind = Pick<Resource, 'group' | 'version' | 'kind'> & { readonly schema: string };

/** One write on its way between authorization and the Registry, or a connection before it is made. */
export interface AdmissionRequest {
  /** The same object in all calls about one attempt to write, so that a plugin may keep what it reserved beside it. */
  readonly attempt: object;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly verb: Verb;
  readonly resource: Resource;
  readonly subresource?: string;
  /** Of the object, where that is the body of a subresource or the options of a connection. */
  readonly body?: BodyKind;
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
  /** Connections are shown to this plugin too; their options have no metadata of their own. */
  readonly connections?: true;
  handles(request: AdmissionRequest): boolean;
  /** The object to go on with. Throws a `StatusError` to refuse. */
  mutate?(request: AdmissionRequest, signal: AbortSignal): Promise<KubeObject>;
  /** Throws a `StatusError` to refuse. */
  validate?(request: AdmissionRequest, signal: AbortSignal): Promise<void>;
  /** The write that this plugin was asked about was not stored after all: release what was reserved for it. */
  rolledBack?(request: AdmissionRequest): void;
}
