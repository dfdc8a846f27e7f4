import type { Logger, Registry } from '../component-base/index.ts';
import type { ComponentSpec } from '../../federation/fleet/index.ts';

/** What a running component offers to its process; the rest is at its API. */
export interface RunningComponent extends AsyncDisposable {
  readonly url: string;
  /** Settles when it ends; rejects when it failed. */
  readonly done: Promise<void>;
}

export interface ComponentDeps {
  readonly spec: ComponentSpec;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly signal: AbortSignal;
}
