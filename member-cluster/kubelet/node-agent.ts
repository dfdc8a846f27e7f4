import {
  deepEqual,
  formatMicroTime,
  formatTime,
  isAlreadyExists,
  isConflict,
  isNotFound,
} from '../../src/apimachinery/index.ts';
import { leases, nodes, type Lease, type Node } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { newNode, nodeLabels, nodeStatusOf, withHeartbeat, type NodeIdentity } from './node-status.ts';

export interface NodeAgentDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** While false nothing is told of the node. */
  readonly isOn: () => boolean;
}

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const STATUS_MS = 5 * 60_000;
/** How often one that is off looks whether it is on again. */
const DARK_MS = 1_000;
const FIRST_RETRY_MS = 100;

/** Registers a node and keeps telling that it is alive. Ready when the server has it. */
export function createNodeAgent(identity: NodeIdentity, deps: NodeAgentDeps): Runnable {
  const agent = new NodeAgent(identity, deps);
  return { name: `node ${identity.node.name}`, run: (signal, ready) => agent.run(signal, ready) };
}

class NodeAgent {
  readonly #identity: NodeIdentity;
  readonly #deps: NodeAgentDeps;
  #lease: Lease | undefined;
  #statusAt = 0;

  constructor(identity: NodeIdentity, deps: NodeAgentDeps) {
    this.#identity = identity;
    this.#deps = deps;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const ended = () => signal.aborted;
    let retryMs = FIRST_RETRY_MS;
    let registered = false;
    while (!ended()) {
      try {
        if (this.#deps.isOn()) {
          await this.#keepNode(signal);
          await this.#renew(signal);
        }
        if (!registered) ready();
        registered = true;
        retryMs = FIRST_RETRY_MS;
        await this.#pause(this.#deps.isOn() ? RENEW_MS : DARK_MS, signal);
      } catch (err) {
        if (ended()) return;
        // Somebody else, such as the node lifecycle controller, wrote first: the node as it is now is tried at once.
        if (isConflict(err)) continue;
        this.#deps.log.warn({ node: this.#identity.node.name, err }, 'the node could not be kept up');
        await this.#pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RENEW_MS);
      }
    }
  }

  /** The node as it should be: there, with its labels, and called ready. Heartbeats in the status are rare; the lease has them. */
  async #keepNode(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#deps;
    const { name } = this.#identity.node;
    const now = clock.now();
    const node = await this.#getOrCreate(signal);
    const labels = nodeLabels(this.#identity);
    if (Object.entries(labels).some(([key, value]) => node.metadata.labels?.[key] !== value)) {
      await client.patch(nodes, { name }, { type: 'merge', patch: { metadata: { labels } } }, { signal });
    }
    const status = nodeStatusOf(this.#identity, node.status, now);
    if (deepEqual(status, node.status) && now - this.#statusAt < STATUS_MS) return;
    // A conflict is tried again by the loop, with the node as it is then.
    const current = await client.get(nodes, { name }, { signal });
    await client.updateStatus(nodes, { ...current, status: withHeartbeat(status, formatTime(now)) }, { signal });
    this.#statusAt = now;
  }

  async #getOrCreate(signal: AbortSignal): Promise<Node> {
    const { client, clock } = this.#deps;
    const { name } = this.#identity.node;
    try {
      return await client.get(nodes, { name }, { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    try {
      return await client.create(nodes, newNode(this.#identity, clock.now()), { signal });
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
      return client.get(nodes, { name }, { signal });
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#deps;
    const { name } = this.#identity.node;
    const renewTime = formatMicroTime(clock.now());
    const spec = { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    const known = this.#lease;
    this.#lease = undefined;
    const lease = known ?? (await this.#findLease(signal));
    this.#lease =
      lease === undefined
        ? await client.create(leases, { metadata: { namespace: LEASE_NAMESPACE, name }, spec }, { signal })
        : await client.update(leases, { ...lease, spec: { ...lease.spec, ...spec } }, { signal });
  }

  async #findLease(signal: AbortSignal): Promise<Lease | undefined> {
    const key = { namespace: LEASE_NAMESPACE, name: this.#identity.node.name };
    try {
      return await this.#deps.client.get(leases, key, { signal });
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.clock.sleep(ms, signal);
    } catch (err) {
      if (!signal.aborted) throw err;
    }
  }
}
