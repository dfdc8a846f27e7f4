import type { OwnedChanges } from '../../dns/provider/index.ts';
import { aborted, start, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { DEFAULT_TTL_SECONDS } from './dns-ttl.ts';
import { HostNameUse } from './host-name-use.ts';
import { systemResolver, type ResolveHostName } from './host-names.ts';
import type { PublishTarget } from './publish-target.ts';
import { ServiceRecords, type ServiceRecordsDeps } from './service-records.ts';
import { ZonePublisher, type ZonePublisherDeps } from './zone-publisher.ts';

export interface ServiceDnsDeps extends Omit<ServiceRecordsDeps, 'hostNames'>, Pick<ZonePublisherDeps, 'hold'> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolveHostName?: ResolveHostName;
}

export interface ServiceDnsOptions {
  readonly federation: string;
  /** Each is kept right by itself: one that is away keeps no other waiting. */
  readonly targets: readonly PublishTarget[];
  /** Of records at targets that do not say; 180 when absent, as in the original. */
  readonly ttlSeconds?: number;
}

/** What would be changed at one target, or why that is not known. */
export interface TargetPreview {
  readonly target: string;
  readonly zone: string;
  readonly changes?: OwnedChanges;
  readonly problem?: string;
}

/** Publishes the records of every federated Service, at every target. */
export class ServiceDnsController implements Runnable {
  readonly name = 'service-dns-controller';
  readonly publishers: readonly ZonePublisher[];
  readonly #hostNames: HostNameUse;

  constructor(deps: ServiceDnsDeps, { federation, targets, ttlSeconds = DEFAULT_TTL_SECONDS }: ServiceDnsOptions) {
    const { hold, clock, log, resolveHostName: resolve = systemResolver } = deps;
    const ttls = targets.map((target) => target.ttlSeconds ?? ttlSeconds);
    this.#hostNames = new HostNameUse({ resolve, ttlSeconds: Math.min(...ttls, ttlSeconds), clock, log });
    const records = new ServiceRecords({ ...deps, hostNames: this.#hostNames });
    this.publishers = targets.map(
      (target) =>
        new ZonePublisher(
          { records, clock, log, ...(hold === undefined ? {} : { hold }) },
          { ttlSeconds, ...target },
          federation,
        ),
    );
  }

  /** What would be changed at each target if it were published now, without a change anywhere. */
  async preview(signal: AbortSignal): Promise<readonly TargetPreview[]> {
    const looked = () => Promise.all(this.publishers.map((publisher) => previewOf(publisher, signal)));
    const first = await looked();
    return (await this.#hostNames.learnAll(signal)) ? looked() : first;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    await using resolving = await start([this.#hostNames], signal);
    await using publishing = await start(this.publishers, signal);
    ready();
    await Promise.race([resolving.done, publishing.done, aborted(signal)]);
  }
}

async function previewOf(publisher: ZonePublisher, signal: AbortSignal): Promise<TargetPreview> {
  const { target, zone } = publisher.state();
  try {
    return { target, zone, changes: await publisher.preview(signal) };
  } catch (err) {
    signal.throwIfAborted();
    return { target, zone, problem: err instanceof Error ? err.message : String(err) };
  }
}
