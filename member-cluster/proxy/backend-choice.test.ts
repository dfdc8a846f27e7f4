import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { BackendChoice } from './backend-choice.ts';
import type { ForwardingRule } from './proxier.ts';

const backend = (n: number, node = 'n1') => ({ host: `127.9.129.${n}`, port: 80, node });

const ruleOf = (more: Partial<ForwardingRule> = {}): ForwardingRule => ({
  protocol: 'TCP',
  host: '127.9.96.5',
  port: 80,
  owner: { namespace: 'default', service: 'web', port: '' },
  backends: [backend(1), backend(2), backend(3)],
  ownNodeOnly: false,
  allowedSources: [],
  ...more,
});

const choose = (more: Partial<ForwardingRule>, clock = new FakeClock()) =>
  new BackendChoice(ruleOf(more), clock, (address) => (address === '127.9.1.2' ? 'n2' : undefined));

const first = (choice: BackendChoice, client = '127.0.0.1') => choice.candidates(client)[0];

describe('BackendChoice', () => {
  it('takes all in turn and offers the others after', () => {
    const choice = choose({});
    const firsts = new Set([first(choice), first(choice), first(choice)]);
    expect(firsts.size).toBe(3);
    expect(choice.candidates('127.0.0.1')).toHaveLength(3);
  });

  it('keeps a client with its backend until it was silent for long, or the backend is gone', async () => {
    const clock = new FakeClock();
    const choice = choose({ affinitySeconds: 10 }, clock);
    choice.took('127.0.0.1', backend(2));
    for (let i = 0; i < 5; i++) expect(first(choice)).toEqual(backend(2));
    await clock.advance(9_000);
    choice.took('127.0.0.1', backend(2));
    await clock.advance(9_000);
    expect(first(choice)).toEqual(backend(2));
    await clock.advance(1_001);
    expect(new Set([first(choice), first(choice), first(choice)]).size).toBe(3);

    choice.took('127.0.0.1', backend(2));
    choice.rule = ruleOf({ affinitySeconds: 10, backends: [backend(1), backend(3)] });
    expect(first(choice)).not.toEqual(backend(2));
  });

  it('keeps clients on nodes to their node, and gives others any', () => {
    const choice = choose({ ownNodeOnly: true, backends: [backend(1, 'n1'), backend(2, 'n2')] });
    expect(choice.candidates('127.9.1.2')).toEqual([backend(2, 'n2')]);
    expect(choice.candidates('127.0.0.1')).toHaveLength(2);
    choice.rule = ruleOf({ ownNodeOnly: true, backends: [backend(1, 'n1')] });
    expect(choice.candidates('127.9.1.2')).toEqual([]);
  });

  it('admits those of the source ranges only', () => {
    const choice = choose({ allowedSources: ['127.9.0.0/16', '2001:db8::/32'] });
    expect(['127.9.3.4', '127.0.0.1', '2001:db8::1', '::1'].map((client) => choice.admits(client))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(choose({}).admits('192.0.2.1')).toBe(true);
  });
});
