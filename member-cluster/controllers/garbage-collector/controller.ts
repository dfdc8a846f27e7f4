import type { Resource } from '../../../src/apimachinery/index.ts';
import { pods } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { podIndexes } from '../../pods/index.ts';
import { createGarbageCollector } from './garbage-collector.ts';

/** Events are many, own nothing and are owned by nobody. */
const isIgnored = ({ plural }: Resource) => plural === 'events';

export const garbageCollectorController: ControllerDefinition = {
  name: 'garbage-collector',
  workers: 20,
  build({ informers, client, settings }, queue) {
    const resources = settings.resources.filter((resource) => !isIgnored(resource));
    const collector = createGarbageCollector({
      resources,
      client,
      enqueue: (uid) => {
        queue.add(uid);
      },
    });
    informers.of(pods, { indexes: podIndexes });
    for (const resource of resources) {
      informers.of(resource).onEvent((event) => {
        collector.observe(resource, event);
      });
    }
    return collector.reconcile;
  },
};
