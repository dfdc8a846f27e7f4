import { configMaps, services } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { start, withDeadline, type Clock, type Logger } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { clusters } from '../apis/index.ts';
import { RemovalHold, RESTORED_MARK } from '../restoration/index.ts';
import { toldShards } from '../service/index.ts';
import { ServiceDnsController, type PublishTarget, type TargetPreview } from '../service-dns/index.ts';
import type { PublishingOptions } from './dns-publishing.ts';

export interface PreviewDeps {
  readonly federation: Client;
  readonly targets: readonly PublishTarget[];
  readonly clock: Clock;
  readonly log: Logger;
}

const READ_DEADLINE_MS = 60_000;

/** What would be changed at each target, by what the control planes have written of the Services; changes nothing. */
export async function previewPublishing(
  { federation, targets, clock, log }: PreviewDeps,
  { name: federationName, ttlSeconds }: Omit<PublishingOptions, 'dnsDomain'>,
  signal: AbortSignal,
): Promise<readonly TargetPreview[]> {
  const informers = createInformerSet(federation, { clock, log });
  const { namespace, name } = RESTORED_MARK;
  const marks = informers.of(configMaps, { namespace, fieldSelector: `metadata.name=${name}` });
  const all = informers.of(services);
  const controller = new ServiceDnsController(
    {
      services: all,
      clusters: informers.of(clusters),
      shards: toldShards(all),
      hold: new RemovalHold(marks),
      // Whoever publishes tells of what is wrong.
      events: { name: 'no-events', run: async () => undefined, event: () => undefined },
      clock,
      log,
    },
    { federation: federationName, targets, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) },
  );
  await using _reading = await start([informers], withDeadline(READ_DEADLINE_MS, signal));
  return await controller.preview(signal);
}
