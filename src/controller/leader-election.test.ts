import { describe, expect, it } from 'vitest';
import { leases } from './resources.ts';
import { aborted, FakeClock, silentLogger, start, type Runnable } from '../component-base/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { leaderElection } from './leader-election.ts';

const lease = { namespace: 'kube-system', name: 'controllers' };

/** The leaders at any time, one log for all candidates. */
class Office {
  readonly clock = new FakeClock();
  readonly api = new FakeClient();
  readonly inOffice = new Set<string>();
  readonly history: string[] = [];

  candidate(identity: string, client: FakeClient | Cut = this.api): Runnable {
    const lead: Runnable = {
      name: identity,
      run: async (signal, ready) => {
        this.inOffice.add(identity);
        this.history.push(identity);
        expect(this.inOffice.size).toBe(1);
        ready();
        await aborted(signal);
        this.inOffice.delete(identity);
      },
    };
    return leaderElection({ client, lease, identity, clock: this.clock, log: silentLogger }, [lead]);
  }

  async spec() {
    return (await this.api.get(leases, lease)).spec;
  }
}

/** A candidate's own connection to the API, which can be cut. */
class Cut extends FakeClient {
  cut = false;
  readonly #api: FakeClient;

  constructor(api: FakeClient) {
    super();
    this.#api = api;
  }

  override get: FakeClient['get'] = (...args) => this.#through().get(...args);
  override create: FakeClient['create'] = (...args) => this.#through().create(...args);
  override update: FakeClient['update'] = (...args) => this.#through().update(...args);

  #through(): FakeClient {
    if (this.cut) throw new Error('no route to host');
    return this.#api;
  }
}

describe('leader election', () => {
  it('lets the first candidate lead and the second be ready and wait', async () => {
    const office = new Office();
    await using _a = await start([office.candidate('a')]);
    await using _b = await start([office.candidate('b')]);
    await office.clock.advance(120_000);
    expect([...office.inOffice]).toEqual(['a']);
    expect(await office.spec()).toMatchObject({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:02:00.000000Z',
    });
  });

  it('hands over at once when the leader stops', async () => {
    const office = new Office();
    const a = await start([office.candidate('a')]);
    await using _b = await start([office.candidate('b')]);
    await a.stop();
    expect((await office.spec())?.holderIdentity).toBe('');
    await office.clock.advance(2_500);
    expect([...office.inOffice]).toEqual(['b']);
    expect((await office.spec())?.leaseTransitions).toBe(1);
  });

  it('stops a leader that cannot renew before another may lead', async () => {
    const office = new Office();
    const cut = new Cut(office.api);
    await using _a = await start([office.candidate('a', cut)]);
    await using _b = await start([office.candidate('b')]);
    await office.clock.advance(10_000);
    cut.cut = true;
    await office.clock.advance(9_000);
    expect([...office.inOffice]).toEqual(['a']);
    await office.clock.advance(1_500);
    expect([...office.inOffice]).toEqual([]);
    await office.clock.advance(7_000);
    expect([...office.inOffice]).toEqual(['b']);
    cut.cut = false;
    await office.clock.advance(60_000);
    expect(office.history).toEqual(['a', 'b']);
  });

  it('lets the same candidate lead again when it comes back first', async () => {
    const office = new Office();
    const cut = new Cut(office.api);
    await using _a = await start([office.candidate('a', cut)]);
    cut.cut = true;
    await office.clock.advance(20_000);
    cut.cut = false;
    await office.clock.advance(3_000);
    expect(office.history).toEqual(['a', 'a']);
  });

  it('elects exactly one of many', async () => {
    const office = new Office();
    const starting = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => start([office.candidate(name)])));
    await office.clock.advance(30_000);
    const running = await starting;
    expect(office.inOffice.size).toBe(1);
    await Promise.all(running.map((one) => one.stop()));
    expect(office.clock.pending).toBe(0);
  });

  it('fails when a part that leads fails, and gives the lease up', async () => {
    const office = new Office();
    const gate = Promise.withResolvers<undefined>();
    const fails: Runnable = {
      name: 'fails',
      run: async (_, ready) => {
        ready();
        await gate.promise;
        throw new Error('out of order');
      },
    };
    const { clock, api: client } = office;
    const running = await start([leaderElection({ client, lease, identity: 'a', clock, log: silentLogger }, [fails])]);
    gate.resolve(undefined);
    await expect(running.done).rejects.toThrow('out of order');
    expect((await office.spec())?.holderIdentity).toBe('');
  });
});
