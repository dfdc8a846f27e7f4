import { invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageOf, UNKNOWN } from '../columns.ts';
import type { Event } from '../generated/wire-types.ts';

const columns: readonly Column<Event>[] = [
  {
    name: 'Last Seen',
    type: 'string',
    description: 'Time since it last happened.',
    value: (event, now) => {
      const last = ageOf(event.series?.lastObservedTime ?? event.lastTimestamp, now);
      return last === UNKNOWN ? firstSeen(event, now) : last;
    },
  },
  { name: 'Type', type: 'string', description: 'Normal or Warning.', value: (event) => event.type ?? '' },
  { name: 'Reason', type: 'string', description: 'What happened, in one word.', value: (event) => event.reason ?? '' },
  { name: 'Object', type: 'string', description: 'Whom it happened to.', value: objectText },
  {
    name: 'Subobject',
    type: 'string',
    priority: 1,
    description: 'Which part of the object.',
    value: (event) => involved(event).fieldPath ?? '',
  },
  { name: 'Source', type: 'string', priority: 1, description: 'Who reports it.', value: sourceText },
  { name: 'Message', type: 'string', description: 'What happened.', value: (event) => event.message?.trim() ?? '' },
  { name: 'First Seen', type: 'string', priority: 1, description: 'Time since it first happened.', value: firstSeen },
  {
    name: 'Count',
    type: 'string',
    priority: 1,
    description: 'How often it happened.',
    value: (event) => event.series?.count ?? (event.count === undefined || event.count === 0 ? 1 : event.count),
  },
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    priority: 1,
    description: 'Name of the event itself.',
    value: (event) => event.metadata.name ?? '',
  },
];

export const events: ResourceDefinition<Event> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Event',
  ttlSeconds: 3600,
  strategy: { createOnUpdate: true, validate },
  columns,
  fieldSelectors: {
    'involvedObject.kind': (event) => involved(event).kind ?? '',
    'involvedObject.namespace': (event) => involved(event).namespace ?? '',
    'involvedObject.name': (event) => involved(event).name ?? '',
    'involvedObject.uid': (event) => involved(event).uid ?? '',
    'involvedObject.apiVersion': (event) => involved(event).apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => involved(event).resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => involved(event).fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => [event.source?.component, event.reportingComponent].find((name) => name) ?? '',
    type: (event) => event.type ?? '',
  },
};

/** The object may be left out of what a client sends. */
function involved(event: Partial<Event>): Event['involvedObject'] {
  return event.involvedObject ?? {};
}

/** Where the events of objects without a namespace may live. */
const NAMESPACES_OF_CLUSTER = ['default', 'kube-system'];

function validate(event: Event): readonly FieldError[] {
  const { namespace = '' } = involved(event);
  const own = event.metadata.namespace ?? '';
  const matches = namespace === '' ? NAMESPACES_OF_CLUSTER.includes(own) : namespace === own;
  return matches ? [] : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

function firstSeen({ firstTimestamp, eventTime }: Event, now: number): string {
  return ageOf(firstTimestamp ?? eventTime, now);
}

function objectText(event: Event): string {
  const { kind = '', name = '' } = involved(event);
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function sourceText({ source, reportingComponent = '', reportingInstance = '' }: Event): string {
  const component = source?.component ?? reportingComponent;
  const host = source?.host ?? reportingInstance;
  return host === '' ? component : `${component}, ${host}`;
}
