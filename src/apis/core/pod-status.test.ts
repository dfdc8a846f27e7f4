import { expect, it } from 'vitest';
import type { Pod, PodStatus } from '../generated/wire-types.ts';
import { validatePodStatusUpdate } from './pod-status-validation.ts';

const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } };

it.each<[string, PodStatus, readonly string[]]>([
  ['an address', { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], hostIP: '10.0.0.9' }, []],
  ['one of each family', { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], nominatedNodeName: 'n1' }, []],
  ['an address that is none', { podIP: 'zzz' }, ['status.podIPs[0]']],
  ['a list with one that is none', { podIPs: [{ ip: '10.0.0.1' }, { ip: '' }] }, ['status.podIPs[1]']],
  ['two of a family', { hostIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }, ['status.hostIPs']],
  ['one twice', { podIPs: [{ ip: 'fd00::1' }, { ip: 'fd00::1' }] }, ['status.podIPs', 'status.podIPs[1]']],
  ['a nomination that is no name', { nominatedNodeName: 'Bad_' }, ['status.nominatedNodeName']],
])('holds %s in the status of a pod to the rules', (_what, status, fields) => {
  expect(validatePodStatusUpdate({ ...pod, status }, pod).map(({ field }) => field)).toEqual(fields);
});
