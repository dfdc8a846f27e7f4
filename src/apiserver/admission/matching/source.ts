import type { KubeObject, Resource } from '../../../apimachinery/index.ts';

/** What is used of an informer, which somebody else runs. */
export interface Source<T extends KubeObject> {
  readonly lister: {
    get(key: string): T | undefined;
    list(): readonly T[];
  };
  /** Everything was read once. */
  readonly synced: boolean;
  /** Called after every change. */
  onEvent(handler: () => void): unknown;
}

/** What is used of the informers of a server. */
export interface Sources {
  of<T extends KubeObject>(resource: Resource<T>): Source<T>;
}
