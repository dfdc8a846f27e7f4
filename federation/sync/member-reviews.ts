import { keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import { TurnShare, type Lister } from '../../src/controller/index.ts';

export interface MemberReviewsDeps<T extends KubeObject> {
  readonly objects: Lister<T>;
  readonly look: (cluster: string, object: T) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks at all objects for one member after the other, at some of them in each turn of the event loop. */
export class MemberReviews<T extends KubeObject> {
  readonly #deps: MemberReviewsDeps<T>;
  readonly #share: TurnShare;
  readonly #wanted = new Set<string>();
  #isRunning = false;
  #isEnded = false;

  constructor(deps: MemberReviewsDeps<T>) {
    this.#deps = deps;
    this.#share = new TurnShare(deps.clock);
  }

  /** A member that is asked for while it is its turn comes again afterwards. */
  request(cluster: string): void {
    this.#wanted.add(cluster);
    if (!this.#isRunning) void this.#run();
  }

  /** Nothing comes of what was asked for and not done yet. */
  end(): void {
    this.#isEnded = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (const cluster of this.#wanted) {
      this.#wanted.delete(cluster);
      for (const object of this.#deps.objects.list()) {
        const spent = this.#share.spent();
        if (spent !== undefined) await spent;
        if (this.#isEnded) return;
        this.#lookAt(cluster, object);
      }
    }
    this.#isRunning = false;
  }

  #lookAt(cluster: string, object: T): void {
    const { look, log } = this.#deps;
    try {
      look(cluster, object);
    } catch (err) {
      log.error({ cluster, key: keyOf(object), err }, 'copy not looked at');
    }
  }
}
