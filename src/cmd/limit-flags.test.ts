import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addLimitFlags, limitsOf, servingLimits, type LimitFlags } from './limit-flags.ts';

function parsed(...args: readonly string[]): LimitFlags {
  const command = addLimitFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse([...args], { from: 'user' }).opts<LimitFlags>();
}

it('is nothing unless it is asked for', () => {
  expect(servingLimits(limitsOf(parsed()))).toEqual({});
});

it('says to the server what was asked for, in its units', () => {
  const flags = parsed(
    ...['--max-connections', '5', '--max-streams', '6', '--receive-timeout', '7', '--idle-timeout', '8'],
    ...['--shutdown-delay-duration', '0', '--shutdown-drain-duration', '9'],
  );
  expect(servingLimits(limitsOf(flags))).toEqual({
    connections: 5,
    streams: 6,
    receiveMs: 7_000,
    idleMs: 8_000,
    shutdownDelayMs: 0,
    drainMs: 9_000,
  });
});

it.each([
  ['--max-connections', '0'],
  ['--max-streams', 'many'],
  ['--receive-timeout', '0.5'],
  ['--idle-timeout', '3601'],
])('refuses %s %s', (flag, value) => {
  expect(() => parsed(flag, value)).toThrow('It must be a whole number from 1 to');
});
