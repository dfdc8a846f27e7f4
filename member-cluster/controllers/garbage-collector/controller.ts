import { apiVersionOf, groupResource, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import { pods } from '../../../src/apis/index.ts';
import type { Informer } from '../../../src/controller/index.ts';
import type { ControllerContext, ControllerDefinition } from '../controller-definition.ts';
import { podIndexes } from '../../pods/index.ts';
import { createGarbageCollector, type GarbageCollector } from './garbage-collector.ts';

/** Events are many, own nothing and are owned by nobody. */
const isIgnored = ({ plural }: Resource) => plural === 'events';

export const garbageCollectorController: ControllerDefinition = {
  name: 'garbage-collector',
  workers: 20,
  build({ informers, client, settings, onEnd }, queue) {
    const collector = createGarbageCollector({
      resourceOf: (apiVersion, kind) => settings.resources.ofKind(apiVersion, kind),
      client,
      enqueue: (uid) => {
        queue.add(uid);
      },
    });
    informers.of(pods, { indexes: podIndexes });
    const watched = new WatchedResources(informers, collector);
    watched.follow(settings.resources.list());
    onEnd(
      settings.resources.onChange(() => {
        watched.follow(settings.resources.list());
      }),
    );
    return collector.reconcile;
  },
};

interface Watched {
  readonly resource: Resource;
  readonly informer: Informer<KubeObject>;
}

/** The informers of all that there is, one a resource, whatever its versions. */
class WatchedResources {
  readonly #informers: ControllerContext['informers'];
  readonly #collector: GarbageCollector;
  readonly #watched = new Map<string, Watched>();

  constructor(informers: ControllerContext['informers'], collector: GarbageCollector) {
    this.#informers = informers;
    this.#collector = collector;
  }

  follow(resources: readonly Resource[]): void {
    const wanted = new Map(
      resources.filter((resource) => !isIgnored(resource)).map((resource) => [groupResource(resource), resource]),
    );
    for (const [name, watched] of this.#watched) {
      const next = wanted.get(name);
      if (next === undefined || apiVersionOf(next) !== apiVersionOf(watched.resource)) this.#leave(name, watched);
    }
    for (const [name, resource] of wanted) if (!this.#watched.has(name)) this.#enter(name, resource);
  }

  #enter(name: string, resource: Resource): void {
    const informer = this.#informers.of(resource);
    this.#watched.set(name, { resource, informer });
    informer.onEvent((event) => {
      this.#collector.observe(resource, event);
    });
  }

  /** Whatever was left when the resource went is not there any more for anybody. */
  #leave(name: string, { resource, informer }: Watched): void {
    this.#watched.delete(name);
    this.#informers.drop(resource);
    for (const object of informer.lister.list()) {
      this.#collector.observe(resource, { type: 'delete', key: object.metadata.name ?? '', object });
    }
  }
}
