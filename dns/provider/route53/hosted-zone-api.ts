import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { RecordSet } from '../../zone/index.ts';
import type { Held, Step } from '../remote/held.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { readNames } from '../remote/read-names.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { changeBatches, type NameChange } from './change-batches.ts';
import type { HealthChecks } from './health-checks.ts';
import { readRecords } from './hosted-zone.ts';
import { heldRecordSet, plainName, wantedRecords, type RecordSetOptions } from './record-sets.ts';
import type { Route53Sender } from './route53-client.ts';

export type HeldRecords = readonly ResourceRecordSet[];

export interface HostedZoneOptions extends Omit<RecordSetOptions, 'checked'> {
  readonly name: string;
  readonly id: string;
  readonly sender: Route53Sender;
  readonly checks?: HealthChecks;
}

export function createHostedZoneApi({
  name,
  id,
  sender,
  checks,
  locations,
}: HostedZoneOptions): RemoteZoneApi<HeldRecords> {
  const options: RecordSetOptions = { locations, checked: checks !== undefined };
  const readSome = readNames<ResourceRecordSet>({
    all: (signal) => readRecords(sender, { zoneId: id }, signal),
    ofName: (one, signal) => readRecords(sender, { zoneId: id, name: one }, signal),
  });
  const wanted = async (set: RecordSet, signal: AbortSignal): Promise<ResourceRecordSet[]> => {
    const records: ResourceRecordSet[] = [];
    for (const { record, addresses } of wantedRecords(set, options)) {
      const check = addresses.length === 0 ? undefined : await checks?.of(addresses, signal);
      records.push(check === undefined ? record : { ...record, HealthCheckId: check });
    }
    return records;
  };

  return {
    name,
    asPublished: (set) => {
      const records = wantedRecords(set, options).map(({ record, addresses }) =>
        addresses.length === 0 ? record : { ...record, HealthCheckId: 'of its own' },
      );
      const held = heldRecordSet(records, options);
      return typeof held === 'string' ? set : held;
    },
    read: async (names, signal) => held(await readSome(names, signal), options),
    write: async (steps, signal) => {
      const changes = new Map<string, { gone: ResourceRecordSet[]; wanted: ResourceRecordSet[] }>();
      for (const step of steps) {
        const change = changes.get(step.name) ?? { gone: [], wanted: [] };
        changes.set(step.name, change);
        change.gone.push(...goneOf(step));
        if (step.after !== undefined) change.wanted.push(...(await wanted(step.after, signal)));
      }
      await writeBatches(sender, id, [...changes.values()], signal);
      const gone = steps.flatMap(goneOf);
      await checks?.dropUnused(gone, () => readSome(undefined, signal), signal);
    },
  };
}

const goneOf = ({ before }: Step<HeldRecords>): HeldRecords => before?.raw ?? [];

async function writeBatches(
  { sdk: { ChangeResourceRecordSetsCommand }, send }: Route53Sender,
  zoneId: string,
  changes: readonly NameChange[],
  signal: AbortSignal,
): Promise<void> {
  for (const batch of changeBatches(changes)) {
    const request = new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: [...batch] } });
    await send((client, abortSignal) => client.send(request, { abortSignal }), signal);
  }
}

function held(records: readonly ResourceRecordSet[], options: RecordSetOptions): Promise<Held<HeldRecords>[]> {
  const groups = Map.groupBy(records, ({ Name: name = '', Type: type = '' }) => `${type} ${plainName(name)}`);
  return mapInTurns(groups.values(), (group) => ({
    name: plainName(group[0]?.Name ?? ''),
    type: group[0]?.Type ?? '',
    is: heldRecordSet(group, options),
    raw: group,
  }));
}
