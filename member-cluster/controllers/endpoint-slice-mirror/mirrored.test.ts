import { expect, it } from 'vitest';
import type { Endpoints } from '../../../src/apis/index.ts';
import { groupsOf, isMirrored } from './mirrored.ts';

const endpoints = (metadata: Endpoints['metadata'], subsets: Endpoints['subsets'] = []): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata,
  subsets,
});

it.each([
  ['that ask for it', {}, true],
  ['that say not to', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, false],
  ['that only say who leads', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }, false],
])('mirrors Endpoints %s: %o %s', (_which, metadata, expected) => {
  expect(isMirrored(endpoints(metadata))).toBe(expected);
});

it('tells of each subset its ports, its addresses and which of them are ready', () => {
  const ports = [{ port: 80 }];
  const targetRef = { kind: 'Pod', name: 'a', uid: 'u' };
  const subset = {
    addresses: [{ ip: '127.1.1.1', hostname: 'a', nodeName: 'n', targetRef }, { ip: '::1' }],
    notReadyAddresses: [{ ip: '127.1.1.2' }],
    ports,
  };
  expect(groupsOf(endpoints({}, [subset]))).toEqual([
    {
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
      endpoints: [
        { addresses: ['127.1.1.1'], conditions: { ready: true }, hostname: 'a', nodeName: 'n', targetRef },
        { addresses: ['127.1.1.2'], conditions: { ready: false } },
      ],
    },
  ]);
});
