import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../scripts/bundle.ts';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import { secrets } from '../../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../../src/client/index.ts';
import { mallocSettings, mapConcurrent, systemClock } from '../../../src/component-base/index.ts';
import { createTestCertificates, type TestCertificates } from '../../harness/certificates.ts';
import { MembersUnderTest, type MembersWanted } from './members-under-test.ts';

const PROGRAMS = fileURLToPath(new URL('../../../node_modules/.cache/bench-scale', import.meta.url));
const AT_ONCE = 32;
const JOINED_AT_ONCE = 100;
const POLL_MS = 50;
const DEADLINE_MS = 10 * 60_000;
const SYSTEM = 'federation-system';

/** Some at a time; rejects when one did. */
export async function each<T>(items: readonly T[], call: (item: T) => Promise<unknown>): Promise<void> {
  for (const result of await mapConcurrent(items, AT_ONCE, call)) if (result.status === 'rejected') throw result.reason;
}

export const memberName = (index: number) => `member-${String(index).padStart(4, '0')}`;

/** A hub in a process of its own, and members that are only API servers in another. */
export class HubUnderTest implements AsyncDisposable {
  readonly members: MembersUnderTest;
  readonly #directory: string;
  readonly #certificates: TestCertificates;
  #child: ChildProcess | undefined;
  #client: (Client & AsyncDisposable) | undefined;

  private constructor(directory: string, certificates: TestCertificates) {
    this.#directory = directory;
    this.#certificates = certificates;
    this.members = new MembersUnderTest(join(PROGRAMS, 'members.js'));
  }

  /** With so many members, all of them Ready. */
  static async start(wanted: MembersWanted): Promise<HubUnderTest> {
    const here = (name: string) => join(import.meta.dirname, name);
    await bundle({ hub: here('hub-process.ts'), members: here('members-process.ts') }, PROGRAMS);
    const directory = await mkdtemp(join(tmpdir(), 'koinon-scale-'));
    const hub = new HubUnderTest(directory, await createTestCertificates());
    await hub.launch();
    const urls = await hub.members.start(wanted, hub.#certificates.serving);
    await hub.#join(urls);
    return hub;
  }

  get client(): Client {
    if (this.#client === undefined) throw new TypeError('it does not run');
    return this.#client;
  }

  /** Milliseconds until it serves. */
  async launch(): Promise<number> {
    const began = performance.now();
    const { serving, ca, admin } = this.#certificates;
    const child = fork(join(PROGRAMS, 'hub.js'), [this.#directory], {
      env: { ...process.env, ...mallocSettings, NODE_COMPILE_CACHE: join(PROGRAMS, 'compiled') },
    });
    this.#child = child;
    const { host, port, cert: certificate, key, clientCa } = serving;
    child.send({ host, port, certificate, key, clientCa });
    // @NOTE hub-process.ts wrote it.
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    this.#client = createRemoteClient({ server: url, ca, credentials: admin });
    await this.client.raw('/readyz');
    return performance.now() - began;
  }

  async kill(): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]();
    this.#client = undefined;
    if (this.#child === undefined) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
    this.#child = undefined;
  }

  /** Of its heap, and what that holds outside, after a collection. */
  async heldMb(): Promise<number> {
    const child = this.#child;
    if (child === undefined) throw new TypeError('it does not run');
    const told = once(child, 'message');
    child.send({});
    // @NOTE hub-process.ts wrote it.
    const [{ heldMb }] = (await told) as [{ heldMb: number }];
    return heldMb;
  }

  memoryMb(): number {
    const rollup = readFileSync(`/proc/${this.#child?.pid ?? 0}/smaps_rollup`, 'utf8');
    return (Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024) / 1e6;
  }

  async allReady(count: number): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const { items } = await this.client.list(clusters);
      const ready = items.filter(isReady).length;
      if (ready === count) return;
      if (performance.now() > deadline) throw new Error(`${ready} of ${count} members are Ready`);
      await systemClock.sleep(POLL_MS);
    }
  }

  async #join(urls: readonly string[]): Promise<void> {
    const data = { kubeconfig: Buffer.from(this.#kubeconfig()).toString('base64') };
    await this.client.create(secrets, { metadata: { name: 'member', namespace: SYSTEM }, data });
    const join = async ([index, url]: readonly [number, string]) => {
      const metadata = { name: memberName(index), labels: { group: `g${index % 10}` } };
      const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: url }];
      await this.client.create(clusters, {
        metadata,
        spec: { serverAddressByClientCIDRs, secretRef: { name: 'member' } },
      });
    };
    // As somebody would who has a thousand clusters: some, and then the next.
    for (let from = 0; from < urls.length; from += JOINED_AT_ONCE) {
      await each([...urls.entries()].slice(from, from + JOINED_AT_ONCE), join);
      await this.allReady(Math.min(from + JOINED_AT_ONCE, urls.length));
    }
  }

  /** All members know the same administrator. */
  #kubeconfig(): string {
    const { ca, admin } = this.#certificates;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'member',
      clusters: [{ name: 'member', cluster: { server: 'https://member', 'certificate-authority-data': base64(ca) } }],
      users: [{ name: 'member', user }],
      contexts: [{ name: 'member', context: { cluster: 'member', user: 'member' } }],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.members[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true });
  }
}
