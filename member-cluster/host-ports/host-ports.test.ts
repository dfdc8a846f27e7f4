import { expect, it } from 'vitest';
import { hostPorts, lowestOpenPort } from './host-ports.ts';

const owns = (address: string) => address.startsWith('127.9.');

it.each([
  ['a low port of its own', 1024, '127.9.200.1', 80, 10_080],
  ['a high port', 1024, '127.9.200.1', 8080, 8080],
  ['a low port of somebody else', 1024, '192.0.2.1', 80, 80],
  ['any port of one who may open all', 0, '127.9.200.1', 80, 80],
  ['a low port above a limit that was lowered', 80, '127.9.200.1', 443, 443],
  ['no port', 1024, '127.9.200.1', 0, 0],
])('opens %s', (_, lowest, host, port, opened) => {
  expect(hostPorts({ owns, lowest })(host, port)).toBe(opened);
});

it('knows what this process may open', () => {
  expect(lowestOpenPort()).toBeGreaterThanOrEqual(0);
  if (process.getuid?.() === 0) expect(lowestOpenPort()).toBe(0);
});
