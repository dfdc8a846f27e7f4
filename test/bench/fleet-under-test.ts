import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { mustSucceed, Sandbox, type Status } from '../e2e/fleet.ts';

export const members = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-central1', 'gce-us-east1'] as const;
export const namespace = 'mynamespace';

/** The default fleet, started by the real command, with a client for every API server. */
export class FleetUnderTest implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly #clients = new Map<string, Client & AsyncDisposable>();

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(): Promise<FleetUnderTest> {
    const fleet = new FleetUnderTest(await Sandbox.create());
    await fleet.sandbox.up();
    await fleet.connect();
    return fleet;
  }

  /** Clients for every API server that runs. */
  async connect(): Promise<void> {
    const pem = (name: string) => readFile(join(this.sandbox.home, 'pki', name), 'utf8');
    const credentials = { certificate: await pem('admin.crt'), key: await pem('admin.key') };
    const ca = await pem('ca.crt');
    for (const { name, address } of (await this.status()).components) {
      if (address !== undefined) this.#clients.set(name, createRemoteClient({ server: address, ca, credentials }));
    }
  }

  status(): Promise<Status> {
    return this.sandbox.status();
  }

  client(component: string): Client {
    const client = this.#clients.get(component);
    if (client === undefined) throw new Error(`no client for ${component}`);
    return client;
  }

  get federation(): Client {
    return this.client('myfederation');
  }

  async koinon(...args: string[]): Promise<void> {
    mustSucceed(`koinon ${args.join(' ')}`, await this.sandbox.koinon(...args));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client[Symbol.asyncDispose]()));
    await this.sandbox[Symbol.asyncDispose]();
  }
}
