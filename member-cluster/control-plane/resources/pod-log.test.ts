import { expect, it } from 'vitest';
import { podLog } from './pod-log.ts';

const unreached = () => expect.unreachable('wrong options are refused before anybody is asked');
const logs = podLog({ own: unreached, kubelet: unreached });

async function read(query: string): Promise<unknown> {
  if (logs.type !== 'connect') return expect.unreachable();
  return logs.connect({
    key: { namespace: 'x', name: 'p' },
    query: new URLSearchParams(query),
    method: 'GET',
    rest: '',
    prefix: '',
    isUpgrade: false,
    body: Buffer.alloc(0),
    dryRun: false,
    user: { username: 'u', groups: [] },
    signal: new AbortController().signal,
  });
}

it.each([
  [
    'tailLines=-1',
    422,
    'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['limitBytes=0', 422, 'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
  ['sinceSeconds=0', 422, 'PodLogOptions "p" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'],
  [
    'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
    422,
    'PodLogOptions "p" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
  ],
  ['tailLines=a', 400, 'tailLines: strconv.ParseInt: parsing "a": invalid syntax'],
])('refuses logs with %s', async (query, code, message) => {
  await expect(read(query)).rejects.toMatchObject({ message, status: { code } });
});
