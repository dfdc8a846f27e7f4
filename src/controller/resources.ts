import type { Resource } from '../apimachinery/index.ts';
import type { Event, Lease } from '../apis/index.ts';

/** Names only: whoever runs a controller need not load how the kinds are defined. */
export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

export const events: Resource<Event> = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
