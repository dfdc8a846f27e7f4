import { invalid, invalidValue, labelKeyProblems, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { events } from '../core/event.ts';
import { broken, invalidBy, requiredOneOf } from '../field-rules.ts';
import type { Event, EventsV1Event } from '../generated/wire-types.ts';
import { otherVersion } from '../other-version.ts';

const KIND = { group: 'events.k8s.io', version: 'v1', kind: 'Event' } as const;
const MAX_TEXT = 128;
const MAX_NOTE = 1024;

/** The same events as those of core/v1, by the names that their successor gave the fields. */
export const eventsV1: ResourceDefinition<EventsV1Event> = otherVersion<Event, EventsV1Event>(
  events,
  {
    ...KIND,
    schema: 'k8s.io/api/events/v1.Event',
    fieldSelectors: Object.fromEntries(
      Object.entries(events.fieldSelectors ?? {})
        .filter(([name]) => name !== 'source')
        .map(([name, value]) => [
          name.replace('involvedObject', 'regarding').replace('Component', 'Controller'),
          value,
        ]),
    ),
  },
  { fromStored, toStored },
);

function fromStored(event: Event): EventsV1Event {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } = event;
  const shown = {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    ...defined({
      note: message,
      deprecatedSource: source,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedCount: count,
      reportingController: reportingComponent,
    }),
  };
  // @NOTE only `eventTime` may be absent where the type wants it: events that came through core/v1 need none.
  return shown as EventsV1Event;
}

/** Throws for a new event that breaks a rule of this version: core/v1 takes more. */
function toStored(event: EventsV1Event): Event {
  if (event.metadata.uid === undefined) {
    const errors = newEventErrors(event);
    if (errors.length > 0) throw invalid({ ...KIND }, event.metadata.name ?? '', errors);
  }
  const { regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, ...others } = event;
  const { deprecatedCount, reportingController, ...rest } = others;
  return {
    ...rest,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    ...defined({
      message: note,
      source: deprecatedSource,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      count: deprecatedCount,
      reportingComponent: reportingController,
    }),
  };
}

type Defined<T> = { readonly [F in keyof T]?: Exclude<T[F], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  // @NOTE every field that is left has a value.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function newEventErrors(event: Partial<EventsV1Event>): readonly FieldError[] {
  const { eventTime, reportingController = '', reportingInstance = '', action = '', reason = '', note = '' } = event;
  return [
    ...broken([eventTime === undefined, required('eventTime')]),
    ...(reportingController === ''
      ? [required('reportingController')]
      : invalidBy('reportingController', reportingController, labelKeyProblems(reportingController))),
    ...text('reportingInstance', reportingInstance),
    ...text('action', action),
    ...text('reason', reason),
    ...broken([note.length > MAX_NOTE, invalidValue('note', note, `can have at most ${MAX_NOTE} characters`)]),
    ...requiredOneOf('type', event.type, ['Normal', 'Warning']),
    ...unset('deprecatedFirstTimestamp', event.deprecatedFirstTimestamp),
    ...unset('deprecatedLastTimestamp', event.deprecatedLastTimestamp),
    ...unset('deprecatedCount', event.deprecatedCount),
  ];
}

function unset(field: string, value: string | number | undefined): readonly FieldError[] {
  return broken([value !== undefined && value !== 0, invalidValue(field, value, 'needs to be unset')]);
}

function text(field: string, value: string): readonly FieldError[] {
  if (value === '') return [required(field)];
  return broken([value.length > MAX_TEXT, invalidValue(field, '', `can have at most ${MAX_TEXT} characters`)]);
}
