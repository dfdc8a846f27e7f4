import { describe, expect, it } from 'vitest';
import { forbidden } from '../apimachinery/index.ts';
import { events } from './resources.ts';
import { FakeClock, silentLogger, start } from '../component-base/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { createEventRecorder } from './event-recorder.ts';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web', uid: 'u1', resourceVersion: '7' },
};

async function setUp() {
  const clock = new FakeClock();
  const client = new FakeClient();
  const recorder = createEventRecorder(client, 'service-controller', { clock, log: silentLogger });
  const running = await start([recorder]);
  const written = async () => {
    await clock.advance(0);
    return (await client.list(events)).items;
  };
  return { clock, client, recorder, written, [Symbol.asyncDispose]: () => running.stop() };
}

describe('an event recorder', () => {
  it('writes an event beside the object it is about', async () => {
    await using under = await setUp();
    under.recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    const [event] = await under.written();
    expect(event).toMatchObject({
      metadata: { namespace: 'shop' },
      involvedObject: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: 'u1' },
      type: 'Normal',
      reason: 'EnsuredLoadBalancer',
      message: 'Ensured load balancer',
      source: { component: 'service-controller' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
    });
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]+$/);
  });

  it('writes about what has no namespace in the default one', async () => {
    await using under = await setUp();
    under.recorder.event({ kind: 'Node', name: 'n1' }, 'Warning', 'NodeNotReady', 'gone');
    expect((await under.written())[0]?.metadata.namespace).toBe('default');
  });

  it('names events so that they are listed in the order in which they were told', async () => {
    await using under = await setUp();
    const reasons = Array.from({ length: 20 }, (_, index) => `Reason${index}`);
    for (const reason of reasons) under.recorder.event(service, 'Normal', reason, 'told');
    const names = (await under.written()).map(({ metadata, reason }) => ({ name: metadata.name ?? '', reason }));
    expect(names.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ reason }) => reason)).toEqual(reasons);
  });

  it('counts the same event instead of writing it again', async () => {
    await using under = await setUp();
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    await under.written();
    await under.clock.advance(60_000);
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    under.recorder.event(service, 'Warning', 'Failed', 'something else');
    const all = await under.written();
    expect(all.map(({ message, count, lastTimestamp }) => ({ message, count, lastTimestamp }))).toEqual([
      { message: 'no address', count: 3, lastTimestamp: '2026-01-01T00:01:00Z' },
      { message: 'something else', count: 1, lastTimestamp: '2026-01-01T00:01:00Z' },
    ]);
  });

  it('counts the same event of an object that changed in between', async () => {
    await using under = await setUp();
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    await under.written();
    const later = { ...service, metadata: { ...service.metadata, resourceVersion: '8' } };
    under.recorder.event(later, 'Warning', 'Failed', 'no address');
    expect((await under.written()).map((event) => event.count)).toEqual([2]);
  });

  it('begins anew when the event it counted is gone', async () => {
    await using under = await setUp();
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    const [first] = await under.written();
    await under.client.delete(events, { namespace: 'shop', name: first?.metadata.name ?? '' });
    under.recorder.event(service, 'Warning', 'Failed', 'no address');
    expect((await under.written()).map((event) => event.count)).toEqual([1]);
  });

  it('lets no object flood the others', async () => {
    await using under = await setUp();
    for (let index = 0; index < 100; index++) under.recorder.event(service, 'Normal', 'Noise', `number ${index}`);
    under.recorder.event({ kind: 'Pod', namespace: 'shop', name: 'quiet' }, 'Normal', 'Started', 'up');
    expect(await under.written()).toHaveLength(26);
    await under.clock.advance(5 * 60_000);
    under.recorder.event(service, 'Normal', 'Noise', 'later');
    under.recorder.event(service, 'Normal', 'Noise', 'too much');
    expect(await under.written()).toHaveLength(27);
  });

  it('keeps events until the server is back, a bounded number of them', async () => {
    await using under = await setUp();
    under.client.down(new Error('connection refused'));
    for (let index = 0; index < 1500; index++) {
      under.recorder.event({ kind: 'Pod', namespace: 'shop', name: `p${index}` }, 'Normal', 'Started', 'up');
    }
    await under.clock.advance(20_000);
    under.client.up();
    await under.clock.advance(10_000);
    expect(await under.written()).toHaveLength(1000);
  });

  it('gives up at once on an event that is refused', async () => {
    await using under = await setUp();
    under.client.down(forbidden(events, '', 'the namespace is being terminated'));
    under.recorder.event(service, 'Normal', 'Refused', 'x');
    await under.clock.advance(0);
    under.client.up();
    under.recorder.event(service, 'Normal', 'Accepted', 'y');
    expect((await under.written()).map((event) => event.reason)).toEqual(['Accepted']);
  });
});
