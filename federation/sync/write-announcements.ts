import { keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { EventRecorder } from '../../src/controller/index.ts';

export type Action = 'Create' | 'Update' | 'Delete' | 'Release';

interface Gathered {
  readonly action: Action;
  readonly about: KubeObject;
  /** Such as `deployment "shop/web"`. */
  readonly what: string;
  readonly clusters: Set<string>;
}

const GATHER_MS = 1_000;
/** So many wait at most; then they are told at once. */
const MOST_GATHERED = 1_000;
/** An event's message is short. */
const MOST_NAMED = 20;

const progressive: Readonly<Record<Action, string>> = {
  Create: 'Creating',
  Update: 'Updating',
  Delete: 'Deleting',
  Release: 'Leaving to others who use it:',
};

/**
 * Tells on federated objects of writes in members: by one event for all clusters in which the same is done to an object
 * within a second. One event for each would be written more often than all else that the federation stores.
 */
export class WriteAnnouncements {
  readonly #events: EventRecorder;
  readonly #clock: Clock;
  readonly #gathered = new Map<string, Gathered>();
  #cancel: (() => void) | undefined;

  constructor(events: EventRecorder, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  note(action: Action, cluster: string, about: KubeObject, what: string): void {
    const id = `${action} ${about.metadata.uid ?? ''} ${keyOf(about)}`;
    const gathered = this.#gathered.get(id);
    if (gathered !== undefined) {
      gathered.clusters.add(cluster);
      return;
    }
    this.#gathered.set(id, { action, about, what, clusters: new Set([cluster]) });
    if (this.#gathered.size >= MOST_GATHERED) this.tell();
    else
      this.#cancel ??= this.#clock.after(GATHER_MS, () => {
        this.tell();
      });
  }

  /** What has been gathered so far; no timer is left. */
  tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const { action, about, what, clusters } of this.#gathered.values()) {
      const message = `${progressive[action]} ${what} in ${listed([...clusters].sort())}`;
      this.#events.event(about, 'Normal', `${action}InCluster`, message);
    }
    this.#gathered.clear();
  }
}

function listed(clusters: readonly string[]): string {
  if (clusters.length === 1) return `cluster ${clusters[0] ?? ''}`;
  const named = clusters.slice(0, MOST_NAMED).join(', ');
  const more = clusters.length - MOST_NAMED;
  return `clusters ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
