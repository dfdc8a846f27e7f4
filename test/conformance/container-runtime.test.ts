import { createHollowRuntime, HOLLOW_ANNOTATIONS } from '../../member-cluster/runtime/index.ts';
import { start, systemClock } from '../../src/component-base/index.ts';
import { containerRuntimeConformance } from './container-runtime.ts';

const node = { name: 'node-1', address: '127.0.0.1', podCIDR: '127.19.129.0/24', zone: 'z', region: 'r' };

containerRuntimeConformance('hollow runtime', async () => {
  const runtime = createHollowRuntime({ node, clusterName: 'test', clock: systemClock });
  const running = await start([runtime]);
  return {
    runtime,
    annotations: {
      [`${HOLLOW_ANNOTATIONS.stopAfter}.stubborn`]: '60m',
      [`${HOLLOW_ANNOTATIONS.exitCode}.failing`]: '3',
    },
    containers: {
      server: {},
      stubborn: {},
      task: { runsToCompletion: true },
      failing: { runsToCompletion: true },
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
});
