import { configMaps } from '../../src/apis/index.ts';
import { aborted, start, type Registry, type Runnable } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { ProviderMetrics } from '../observability/index.ts';
import { RESTORED_MARK } from '../restoration/index.ts';
import { publishingForItself, type PublishingDeps, type PublishingOptions } from './dns-publishing.ts';

export interface DnsBesideDeps extends Omit<PublishingDeps, 'informers' | 'providerMetrics'> {
  readonly metrics: Registry;
}

/**
 * Keeps a zone beside the control planes of a federation, by what they have written of its Services. What is in the zone
 * stands as long as none of them answers, also when this begins in such a time.
 */
export function dnsBeside({ metrics, ...deps }: DnsBesideDeps, options: PublishingOptions): Runnable {
  const { federation, clock, log } = deps;
  const providerMetrics = new ProviderMetrics(metrics, clock);
  return {
    name: 'dns-beside',
    async run(signal, ready) {
      const informers = createInformerSet(federation, { clock, log });
      const { namespace, name } = RESTORED_MARK;
      const marks = informers.of(configMaps, { namespace, fieldSelector: `metadata.name=${name}` });
      const publishers = publishingForItself({ ...deps, providerMetrics, informers }, options, marks);
      ready();
      // Until all is known what is published would look as if nobody wanted it.
      await using watching = await start([informers], signal);
      await using publishing = await start(publishers, signal);
      await Promise.race([watching.done, publishing.done, aborted(signal)]);
    },
  };
}
