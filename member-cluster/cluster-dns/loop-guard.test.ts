import { expect, it } from 'vitest';
import type { DnsAddress } from '../../dns/server/index.ts';
import { createLogger, FakeClock } from '../../src/component-base/index.ts';
import { LoopGuard } from './loop-guard.ts';

const good: DnsAddress = { host: '192.0.2.1', port: 53 };
const bad: DnsAddress = { host: '192.0.2.2', port: 53 };

/** Servers of which some ask the guard's own server what they are asked. */
function guarded(...looping: DnsAddress[]) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const asked: string[] = [];
  const guard: LoopGuard = new LoopGuard({
    upstreams: {
      resolve: async ([server], { name }) => {
        asked.push(name);
        if (server !== undefined && looping.includes(server)) guard.note(name);
        throw new Error('it knows no such name');
      },
    },
    routes: () =>
      new Map([
        ['.', [good, bad]],
        ['example.com', [good]],
      ]),
    clock,
    log: createLogger({ destination: { write: (line) => lines.push(line) } }),
  });
  return { guard, clock, looping, lines, asked };
}

it('asks those no more that lead back, and says so once, until they do so no longer', async () => {
  const { guard, clock, looping, lines, asked } = guarded(bad);
  const end = new AbortController();
  const running = guard.run(end.signal, () => () => undefined);
  await clock.advance(0);
  expect(guard.without([good, bad])).toEqual([good]);
  expect(asked.filter((name) => name.endsWith('.example.com'))).toHaveLength(1);
  await clock.advance(60_000);
  expect(guard.without([good, bad])).toEqual([good]);
  expect(lines).toHaveLength(1);
  looping.length = 0;
  await clock.advance(60_000);
  expect(guard.without([good, bad])).toEqual([good, bad]);
  end.abort();
  await running;
});

it('looks again at once when other servers are named', async () => {
  const { guard, clock, looping } = guarded();
  const end = new AbortController();
  let changed: () => void = () => undefined;
  const running = guard.run(end.signal, (handler) => {
    changed = handler;
    return () => undefined;
  });
  await clock.advance(0);
  looping.push(good);
  changed();
  await clock.advance(0);
  expect(guard.without([good, bad])).toEqual([bad]);
  end.abort();
  await running;
});

it('does not mind names that only look like its own', () => {
  const { guard } = guarded();
  expect(guard.note('somebody.koinon-loop-probe')).toBe(false);
  expect(guard.without([good])).toEqual([good]);
});
