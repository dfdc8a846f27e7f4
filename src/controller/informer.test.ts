import { describe, expect, it } from 'vitest';
import { statusError, type KubeObject, type Resource } from '../apimachinery/index.ts';
import { createLogger, FakeClock, silentLogger, start, type Logger } from '../component-base/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import type { InformerEvent } from './contract.ts';
import { createInformer, type InformerOptions } from './informer.ts';

interface Thing extends KubeObject {
  readonly data?: string;
}
const things: Resource<Thing> = { group: '', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const thing = (name: string, data = '', namespace = 'default'): Thing => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace },
  data,
});

async function setUp(options: InformerOptions<Thing> & { readonly log?: Logger } = {}, ...names: string[]) {
  const clock = new FakeClock();
  const client = new FakeClient();
  const log = silentLogger;
  for (const name of names) await client.create(things, thing(name));
  const informer = createInformer(client, things, { clock, log, ...options });
  const seen: string[] = [];
  const record = (event: InformerEvent<Thing>) => {
    seen.push(`${event.type} ${event.key}`);
  };
  informer.onEvent(record);
  const running = await start([informer]);
  return { clock, client, informer, seen, [Symbol.asyncDispose]: () => running.stop() };
}

const names = (objects: readonly Thing[]) => objects.map((object) => object.metadata.name).sort();

describe('an informer', () => {
  it('is ready with everything listed, page by page', async () => {
    const many = Array.from({ length: 1100 }, (_, index) => `t${index}`);
    await using under = await setUp({}, ...many);
    expect(under.informer.synced).toBe(true);
    expect(under.informer.lister.list()).toHaveLength(1100);
    expect(under.client.calls.filter((call) => call === 'list things')).toHaveLength(3);
  });

  it('follows creates, updates and deletes in order', async () => {
    await using under = await setUp({}, 'a');
    await under.client.create(things, thing('b'));
    await under.client.update(things, thing('a', 'new'));
    await under.client.delete(things, { namespace: 'default', name: 'b' });
    await under.clock.advance(0);
    expect(under.seen).toEqual(['add default/a', 'add default/b', 'update default/a', 'delete default/b']);
    expect(under.informer.lister.get('default/a')?.data).toBe('new');
    expect(under.informer.lister.get('default/b')).toBeUndefined();
  });

  it('tells an update what was there before', async () => {
    await using under = await setUp({}, 'a');
    const events: InformerEvent<Thing>[] = [];
    under.informer.onEvent((event) => events.push(event));
    await under.client.update(things, thing('a', 'new'));
    await under.clock.advance(0);
    expect(events.at(-1)).toMatchObject({ type: 'update', object: { data: 'new' }, previous: { data: '' } });
  });

  it('replays to a handler that comes late, and not to one that left', async () => {
    await using under = await setUp({}, 'a', 'b');
    const late: string[] = [];
    const remove = under.informer.onEvent((event) => late.push(`${event.type} ${event.key}`));
    expect(late).toEqual(['add default/a', 'add default/b']);
    remove();
    await under.client.create(things, thing('c'));
    await under.clock.advance(0);
    expect(late).toHaveLength(2);
    expect(under.seen).toContain('add default/c');
  });

  it('gives every handler its events although another throws', async () => {
    await using under = await setUp();
    const after: string[] = [];
    under.informer.onEvent(() => {
      throw new TypeError('a mistake');
    });
    under.informer.onEvent((event) => after.push(event.key));
    await under.client.create(things, thing('a'));
    await under.client.create(things, thing('b'));
    await under.clock.advance(0);
    expect(after).toEqual(['default/a', 'default/b']);
    expect(under.informer.connected).toBe(true);
  });

  it('lists by namespace and by index, kept up to date', async () => {
    const indexes = { data: (object: Thing) => [object.data ?? ''] };
    await using under = await setUp({ indexes });
    await under.client.create(things, thing('a', 'x', 'one'));
    await under.client.create(things, thing('b', 'x', 'two'));
    await under.clock.advance(0);
    expect(names(under.informer.lister.byIndex('data', 'x'))).toEqual(['a', 'b']);
    expect(names(under.informer.lister.list('one'))).toEqual(['a']);
    await under.client.update(things, thing('a', 'y', 'one'));
    await under.client.delete(things, { namespace: 'two', name: 'b' });
    await under.clock.advance(0);
    expect(under.informer.lister.byIndex('data', 'x')).toEqual([]);
    expect(names(under.informer.lister.byIndex('data', 'y'))).toEqual(['a']);
    expect(under.informer.lister.list('two')).toEqual([]);
    expect(() => under.informer.lister.byIndex('none', '')).toThrow(TypeError);
  });

  it('keeps only what it selects', async () => {
    await using under = await setUp({ namespace: 'one', fieldSelector: 'metadata.name=a' });
    await under.client.create(things, thing('a', '', 'one'));
    await under.client.create(things, thing('a', '', 'two'));
    await under.client.create(things, thing('b', '', 'one'));
    await under.clock.advance(0);
    expect(under.seen).toEqual(['add one/a']);
  });

  it('keeps what transform leaves of an object', async () => {
    await using under = await setUp({ transform: ({ data: _, ...rest }) => rest }, 'a');
    expect(under.informer.lister.get('default/a')).not.toHaveProperty('data');
  });
});

describe('an informer that loses its server', () => {
  it('says so at once, and comes back by itself without listing again', async () => {
    await using under = await setUp({}, 'a');
    const states: boolean[] = [];
    under.informer.onConnection((connected) => states.push(connected));
    under.client.down(new Error('connection refused'));
    await under.clock.advance(0);
    expect(under.informer.connected).toBe(false);
    await under.clock.advance(60_000);
    expect(states).toEqual([false]);
    under.client.up();
    await under.client.create(things, thing('b'));
    await under.clock.advance(10_000);
    expect(states).toEqual([false, true]);
    expect(under.seen).toEqual(['add default/a', 'add default/b']);
    expect(under.client.calls.filter((call) => call === 'list things')).toHaveLength(1);
  });

  it('tries ever more seldom, at most every ten seconds, and quickly again after a success', async () => {
    await using under = await setUp({}, 'a');
    under.client.down(new Error('connection refused'));
    await under.clock.advance(3_600_000);
    const attempts = under.client.calls.length;
    expect(attempts).toBeLessThan(3_600 / 5 + 10);
    expect(attempts).toBeGreaterThan(3_600 / 10);
    under.client.up();
    await under.clock.advance(20_000);
    under.client.breakWatches(new Error('reset'));
    await under.clock.advance(250);
    expect(under.informer.connected).toBe(true);
  });

  it('logs a streak of failures once', async () => {
    const lines: string[] = [];
    const log = createLogger({ destination: { write: (line) => void lines.push(line) } });
    await using under = await setUp({ log });
    under.client.down(new Error('connection refused'));
    await under.clock.advance(60_000);
    under.client.up();
    await under.clock.advance(60_000);
    under.client.breakWatches(new Error('reset'));
    await under.clock.advance(60_000);
    expect(lines).toHaveLength(2);
  });

  it('does not mind a watch that the server ends', async () => {
    await using under = await setUp({}, 'a');
    const states: boolean[] = [];
    under.informer.onConnection((connected) => states.push(connected));
    await under.clock.advance(1_000);
    under.client.breakWatches();
    await under.client.create(things, thing('b'));
    await under.clock.advance(0);
    expect(under.seen).toEqual(['add default/a', 'add default/b']);
    expect(states).toEqual([]);
  });

  it('finds what was deleted, changed and made anew when the history is gone', async () => {
    await using under = await setUp({}, 'gone', 'kept', 'changed', 'again');
    under.seen.length = 0;
    under.client.down(new Error('reset'));
    await under.clock.advance(0);
    under.client.up();
    await under.client.delete(things, { namespace: 'default', name: 'gone' });
    await under.client.update(things, thing('changed', 'new'));
    await under.client.delete(things, { namespace: 'default', name: 'again' });
    await under.client.create(things, thing('again'));
    await under.client.create(things, thing('new'));
    under.client.compact();
    await under.clock.advance(10_000);
    expect(under.seen.sort()).toEqual([
      'add default/again',
      'add default/new',
      'delete default/again',
      'delete default/gone',
      'update default/changed',
    ]);
    expect(names(under.informer.lister.list())).toEqual(['again', 'changed', 'kept', 'new']);
    expect(under.informer.connected).toBe(true);
  });

  it('lists again when the server has gone back to a time before what it knows', async () => {
    await using under = await setUp({}, 'a');
    const lists = () => under.client.calls.filter((call) => call === 'list things').length;
    expect(lists()).toBe(1);
    const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
    under.client.breakWatches(statusError(504, 'Timeout', 'Timeout: Too large', { details: { causes } }));
    await under.clock.advance(0);
    await expect.poll(lists).toBe(2);
  });

  it('waits for its first list as long as it takes', async () => {
    const clock = new FakeClock();
    const client = new FakeClient();
    client.down(new Error('connection refused'));
    const informer = createInformer(client, things, { clock, log: silentLogger });
    const starting = start([informer]);
    await clock.advance(120_000);
    expect(informer.synced).toBe(false);
    client.up();
    await clock.advance(10_000);
    await using _running = await starting;
    expect(informer.synced).toBe(true);
  });

  it('leaves no watch and no timer behind when it is stopped', async () => {
    const under = await setUp({}, 'a');
    expect(under.client.watches).toBe(1);
    await under[Symbol.asyncDispose]();
    expect(under.client.watches).toBe(0);
    expect(under.clock.pending).toBe(0);
    expect(under.informer.connected).toBe(false);
  });
});
