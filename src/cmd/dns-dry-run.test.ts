import { expect, it } from 'vitest';
import type { RecordSet } from '../../dns/provider/index.ts';
import { described } from './dns-dry-run.ts';

const a = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
const place = { target: 'public', zone: 'example.com' };

it('prints what comes and goes, record by record, and what cannot be', () => {
  const claim = (text: string): RecordSet => ({ name: 'fed._koinon.x', type: 'TXT', ttlSeconds: 300, data: [text] });
  const changes = {
    phases: [
      { upsert: [claim('wider')], remove: [], replaces: [claim('old')] },
      {
        upsert: [a('x', '10.0.0.1', '10.0.0.2')],
        remove: [{ name: 'y', type: 'A' } as const],
        replaces: [a('x', '10.0.0.1'), a('y', '10.0.0.9')],
      },
      { upsert: [claim('old')], remove: [], replaces: [claim('wider')] },
    ],
    conflicts: [{ name: 'z', reason: "it is somebody else's" }],
    isShared: false,
  };
  expect(described({ ...place, changes })).toBe(
    [
      'public, zone example.com:',
      '  - x 60 A 10.0.0.1',
      '  - y 60 A 10.0.0.9',
      '  + x 60 A 10.0.0.1',
      '  + x 60 A 10.0.0.2',
      "  ! z: it is somebody else's",
    ].join('\n'),
  );
});

it('says when there is nothing to change, and when nothing is known', () => {
  const changes = { phases: [], conflicts: [], isShared: false };
  expect(described({ ...place, changes })).toBe('public, zone example.com: nothing to change');
  expect(described({ ...place, problem: 'away' })).toBe('public, zone example.com: away');
});
