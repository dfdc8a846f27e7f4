import { rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import {
  aborted,
  mapConcurrent,
  start,
  withDeadline,
  type Clock,
  type Logger,
  type Runnable,
} from '../../src/component-base/index.ts';
import { BlockClaims } from './blocks.ts';
import { certificateStatus } from './certificate-reminder.ts';
import { certificateRenewal } from './certificate-renewal.ts';
import { openCertificates, type FleetCertificates, type HeldCertificate } from './certificates.ts';
import { problemOf } from './cluster-rules.ts';
import { ComponentProcess, type CommandLine } from './component-process.ts';
import { assignBlocks, componentNames, federationSpec, memberSpec, writeSpec } from './component-specs.ts';
import type { ComponentSpec } from './component.ts';
import { MAX_CLUSTERS, type ClusterConfig, type FleetConfig } from './config.ts';
import {
  controlServer,
  type ComponentAction,
  type FleetControl,
  type FleetStatus,
  type NewCluster,
} from './control.ts';
import { homeError, readState, removeData, writeState, type FleetState, type Home } from './home.ts';
import { takeLock } from './lock.ts';
import { FleetClients } from './fleet-clients.ts';
import { Membership } from './membership.ts';
import { ProgressLog } from './progress.ts';
import { statusOf } from './status.ts';

export interface SupervisorOptions {
  readonly home: Home;
  /** For a fleet that is not there yet; one that was kept continues as it was. */
  readonly config: FleetConfig;
  readonly commandLine: CommandLine;
  /** Takes the output of a component; called once for each. */
  readonly openLog: (component: string) => Writable;
  /** The administrator's certificate is another, and its files are written. */
  readonly onAdminRenewed: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const JOIN_CONCURRENCY = 8;
const STOP_DEADLINE_MS = 15_000;

/**
 * Keeps a fleet: starts its processes, joins its members, does what commands ask, and takes everything down with
 * itself.
 */
export class Supervisor implements FleetControl, Runnable {
  readonly name = 'supervisor';
  readonly #options: SupervisorOptions;
  readonly #progress: ProgressLog;
  readonly #claims = new BlockClaims();
  readonly #components = new Map<string, ComponentProcess>();
  readonly #shutdown = new AbortController();
  readonly #down = Promise.withResolvers<undefined>();
  #dataGoes = false;
  #state: FleetState;
  #certificates: FleetCertificates | undefined;
  #clients: FleetClients | undefined;
  #membership: Membership | undefined;
  #ready = false;
  #creating: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#progress = new ProgressLog(options.clock);
    this.#state = { version: 1, config: options.config, blocks: {}, stopped: [], unjoined: [] };
  }

  /** Runs until `signal` aborts or a shutdown is asked for. Rejects when the fleet cannot be started; nothing runs then. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { home, log } = this.#options;
    const until = AbortSignal.any([signal, this.#shutdown.signal]);
    await using _lock = await takeLock(home);
    // Declared before the work, so disposed of after it: the answer to a shutdown goes out first.
    await using _control = await start([controlServer(this, home.socket, this.#options.clock)]);
    try {
      const certificates = await this.#begin(until);
      const { clock } = this.#options;
      const onRenewed = (certificate: HeldCertificate) => this.#renewed(certificate);
      await using _renewal = await start([certificateRenewal({ certificates, clock, log, onRenewed })]);
      ready();
      await aborted(until);
    } catch (err) {
      this.#progress.add('failed', until.aborted ? 'stopped before it was ready' : messageOf(err));
      if (!until.aborted) throw err;
    } finally {
      await this.#stopAll();
      await this.#claims[Symbol.asyncDispose]();
      if (this.#dataGoes) await removeData(home);
      this.#down.resolve(undefined);
      log.info('fleet stopped');
    }
  }

  progress(signal: AbortSignal) {
    return this.#progress.follow(signal);
  }

  async status(signal: AbortSignal): Promise<FleetStatus> {
    const { federation } = this.#state.config;
    return {
      ready: this.#ready,
      directory: this.#options.home.directory,
      federation: {
        name: federation.name,
        domain: federation.domain,
        dnsAddress: `${federation.dns.host}:${federation.dns.port}`,
      },
      components: await statusOf(
        { components: [...this.#components.values()], membership: this.#membership, clients: this.#clients },
        signal,
      ),
      certificates: (this.#certificates?.held() ?? []).map((held) =>
        certificateStatus(held, this.#options.clock.now()),
      ),
    };
  }

  async act(action: ComponentAction, name: string): Promise<void> {
    const component = this.#component(name);
    const others = this.#state.stopped.filter((stopped) => stopped !== name);
    await this.#remember({ stopped: action === 'start' ? others : [...others, name] });
    if (action === 'start') await component.start();
    else await component[action]();
  }

  async setJoined(name: string, joined: boolean): Promise<void> {
    this.#component(name);
    const others = this.#state.unjoined.filter((unjoined) => unjoined !== name);
    await this.#remember({ unjoined: joined ? others : [...others, name] });
  }

  /** One at a time: two at once would choose the same block. */
  async createCluster(cluster: NewCluster, signal: AbortSignal): Promise<void> {
    const created = this.#creating.then(() => this.#addCluster(cluster, signal));
    this.#creating = created.catch(() => undefined);
    await created;
  }

  async shutdown(keepData: boolean): Promise<void> {
    this.#dataGoes = !keepData;
    this.#shutdown.abort(new Error('shut down by command'));
    await this.#down.promise;
  }

  async #begin(signal: AbortSignal): Promise<FleetCertificates> {
    const { home, clock, log } = this.#options;
    const kept = await readState(home);
    if (kept !== undefined) this.#state = kept;
    let certificates: FleetCertificates;
    try {
      certificates = await openCertificates(home.pki, clock);
      this.#certificates = certificates;
      await this.#remember({ blocks: await assignBlocks(this.#state.config, this.#state.blocks, this.#claims) });
      const clients = new FleetClients(certificates, (name) => this.#components.get(name)?.url);
      this.#clients = clients;
      this.#membership = new Membership(this.#state.config.federation, clients, clock);
      for (const name of componentNames(this.#state.config)) this.#add(await this.#spec(name));
    } catch (err) {
      if (err instanceof Error && 'code' in err) throw homeError(home, err);
      throw err;
    }
    this.#progress.add('done', kept === undefined ? 'certificates' : 'state of the last time');
    await this.#startAll(signal);
    await this.#joinAll(signal);
    this.#ready = true;
    this.#progress.add('ready', 'the federation is ready');
    log.info({ components: this.#components.size }, 'fleet ready');
    return certificates;
  }

  async #renewed({ use }: HeldCertificate): Promise<void> {
    // API servers look for their own.
    if (use !== 'client') return;
    await this.#clients?.renewed();
    await this.#options.onAdminRenewed();
  }

  /** The federation and the members at once; each member joins as soon as both are there. */
  async #startAll(signal: AbortSignal): Promise<void> {
    const wanted = [...this.#components.values()].filter(({ spec }) => !this.#state.stopped.includes(spec.name));
    const results = await mapConcurrent(
      wanted,
      wanted.length,
      async (component) => {
        await component.start();
        const what = component.spec.kind === 'federation' ? 'federation control plane' : 'member cluster';
        this.#progress.add('done', `${what} ${component.spec.name}`);
      },
      signal,
    );
    throwFirst(results);
  }

  async #joinAll(signal: AbortSignal): Promise<void> {
    const { stopped, unjoined, config } = this.#state;
    if (stopped.includes(config.federation.name)) return;
    await this.#membership?.createNamespace(signal);
    const members = config.clusters.filter(({ name }) => !stopped.includes(name) && !unjoined.includes(name));
    const results = await mapConcurrent(members, JOIN_CONCURRENCY, (cluster) => this.#join(cluster, signal), signal);
    throwFirst(results);
  }

  async #join(cluster: ClusterConfig, signal: AbortSignal): Promise<void> {
    await this.#membership?.join(cluster.name, signal);
    await this.#membership?.ready(cluster, signal);
    this.#progress.add('done', `${cluster.name} joined and Ready`);
  }

  async #addCluster(cluster: NewCluster, signal: AbortSignal): Promise<void> {
    const { config, blocks } = this.#state;
    if (!this.#ready) throw new Error('the fleet is still starting');
    if (componentNames(config).includes(cluster.name)) throw new Error(`there is a ${cluster.name} already`);
    if (config.clusters.length >= MAX_CLUSTERS) throw new Error(`a fleet has at most ${MAX_CLUSTERS} clusters`);
    const added: ClusterConfig = { ...cluster, port: config.clusters[0]?.port ?? config.federation.port };
    const next = { ...config, clusters: [...config.clusters, added] };
    const problem = problemOf(next);
    if (problem !== undefined) throw new Error(`the ${String(problem.path.at(-1))} ${problem.text}`);
    await this.#remember({ config: next, blocks: await assignBlocks(next, blocks, this.#claims) });
    const component = this.#add(await this.#spec(cluster.name));
    try {
      await component.start();
      await this.#join(added, signal);
    } catch (err) {
      await this.#takeBack(component);
      await this.#remember({ config, blocks });
      throw err;
    }
  }

  /** A cluster that did not come to be: nothing of it stays, at the federation neither. */
  async #takeBack(component: ComponentProcess): Promise<void> {
    const { name, block, dataDirectory } = component.spec;
    await component.kill();
    await this.#membership?.forget(name).catch((err: unknown) => {
      this.#options.log.error({ cluster: name, err }, 'a cluster that was not created stays in the federation');
    });
    this.#components.delete(name);
    await this.#clients?.forget(name);
    this.#certificates?.forget(name);
    await this.#claims.release(block);
    await rm(dataDirectory, { recursive: true, force: true });
  }

  async #spec(name: string): Promise<ComponentSpec> {
    const { config, blocks } = this.#state;
    const certificates = this.#certificates;
    const block = blocks[name];
    if (certificates === undefined || block === undefined) throw new TypeError(`no block for ${name}`);
    const deps = { home: this.#options.home, config, certificates };
    const cluster = config.clusters.find((candidate) => candidate.name === name);
    const spec = cluster === undefined ? await federationSpec(deps, block) : await memberSpec(deps, cluster, block);
    await writeSpec(spec);
    return spec;
  }

  #add(spec: ComponentSpec): ComponentProcess {
    const { commandLine, clock, log, openLog } = this.#options;
    const component = new ComponentProcess(spec, { commandLine, clock, log, output: openLog(spec.name) });
    this.#components.set(spec.name, component);
    return component;
  }

  #component(name: string): ComponentProcess {
    const component = this.#components.get(name);
    if (component === undefined) {
      throw new Error(`there is no ${name} in this fleet; it has ${[...this.#components.keys()].join(', ')}`);
    }
    return component;
  }

  async #remember(change: Partial<FleetState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await writeState(this.#options.home, this.#state);
  }

  async #stopAll(): Promise<void> {
    this.#ready = false;
    await this.#clients?.[Symbol.asyncDispose]();
    const components = [...this.#components.values()];
    await mapConcurrent(components, components.length, (component) => component.stop(), withDeadline(STOP_DEADLINE_MS));
  }
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
