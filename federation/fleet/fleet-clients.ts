import { createRemoteClient, type Client } from '../../src/client/index.ts';
import type { FleetCertificates } from './certificates.ts';

interface Known {
  readonly url: string;
  readonly client: Client & AsyncDisposable;
}

/** Clients of the API servers of a fleet, as its administrator; made when first asked for. */
export class FleetClients implements AsyncDisposable {
  readonly #certificates: FleetCertificates;
  readonly #urlOf: (component: string) => string | undefined;
  readonly #clients = new Map<string, Known>();
  /** With the administrator's certificate of before; calls may still be under way. */
  #former: readonly Known[] = [];

  constructor(certificates: FleetCertificates, urlOf: (component: string) => string | undefined) {
    this.#certificates = certificates;
    this.#urlOf = urlOf;
  }

  /** Throws for a component that was never started. */
  of(component: string): Client {
    const url = this.urlOf(component);
    const known = this.#clients.get(component);
    if (known?.url === url) return known.client;
    const { ca, admin } = this.#certificates;
    const client = createRemoteClient({ server: url, ca: ca.certificate, credentials: admin });
    this.#clients.set(component, { url, client });
    return client;
  }

  urlOf(component: string): string {
    const url = this.#urlOf(component);
    if (url === undefined) throw new Error(`${component} has not been started`);
    return url;
  }

  get ca(): string {
    return this.#certificates.ca.certificate;
  }

  /** The administrator's certificate is another: whoever asks from now on gets a client that shows it. */
  async renewed(): Promise<void> {
    const longSince = this.#former;
    this.#former = [...this.#clients.values()];
    this.#clients.clear();
    await disposeAll(longSince);
  }

  /** Lets go of the client of a component that is no more. */
  async forget(component: string): Promise<void> {
    const known = this.#clients.get(component);
    this.#clients.delete(component);
    await known?.client[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [...this.#former, ...this.#clients.values()];
    this.#former = [];
    this.#clients.clear();
    await disposeAll(clients);
  }
}

async function disposeAll(known: readonly Known[]): Promise<void> {
  await Promise.all(known.map(({ client }) => client[Symbol.asyncDispose]()));
}
