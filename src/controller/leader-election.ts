import { formatMicroTime, isAlreadyExists, isConflict, isNotFound } from '../apimachinery/index.ts';
import type { Lease, LeaseSpec } from '../apis/index.ts';
import { leases } from './resources.ts';
import type { Client } from '../client/index.ts';
import { start, withDeadline, type Clock, type Logger, type Runnable, type Running } from '../component-base/index.ts';

/** How a candidate behaves. */
export interface Election {
  /** Unique among the candidates. */
  readonly identity: string;
  /** How long the others wait after the last renewal they saw. */
  readonly leaseDurationMs?: number;
  /** The leader that could not renew for so long stops leading; shorter than `leaseDurationMs`. */
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

export interface LeaderElectionOptions extends Election {
  readonly client: Client;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Runs `lead` while this candidate holds the Lease: at most one candidate does, as long as clocks run at about the same
 * speed (their settings do not matter) and `lead` stops within `leaseDurationMs - renewDeadlineMs`. A lost Lease stops
 * `lead`, and the candidate waits for its next turn; a part of `lead` that fails ends everything. On abort `lead` ends
 * first, then the Lease is given up, so that the next one need not wait.
 * Ready when `lead` is, or when another is seen to hold the Lease.
 */
export function leaderElection(options: LeaderElectionOptions, lead: readonly Runnable[]): Runnable {
  return {
    name: `leader election ${options.lease.name}`,
    async run(signal, ready) {
      const candidate = new Candidate(options);
      while (await candidate.acquire(signal, ready)) {
        await leadWhileHolding(candidate, { options, lead, ready }, signal);
      }
    },
  };
}

interface Term {
  readonly options: LeaderElectionOptions;
  readonly lead: readonly Runnable[];
  readonly ready: () => void;
}

async function leadWhileHolding(candidate: Candidate, { options, lead, ready }: Term, signal: AbortSignal) {
  const { log, lease, identity } = options;
  log.info({ lease: lease.name, identity }, 'leading');
  const term = new AbortController();
  const until = AbortSignal.any([signal, term.signal]);
  const holding = candidate.hold(until).finally(() => {
    term.abort();
  });
  let running: Running | undefined;
  try {
    running = await start(lead, until);
    ready();
    await Promise.race([running.done.then(() => holding), holding]);
  } catch (err) {
    // Parts that were still starting when the term ended are no failure.
    if (!until.aborted) throw err;
  } finally {
    term.abort();
    await running?.stop();
    await holding;
    log.info({ lease: lease.name, identity }, 'no longer leading');
    await candidate.release();
  }
}

class Candidate {
  readonly #options: LeaderElectionOptions;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  #observed: Lease | undefined;
  /** By our own clock, when `#observed` was seen for the first time. */
  #observedAt = 0;
  #failing = false;

  constructor(options: LeaderElectionOptions) {
    const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options;
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs) {
      throw new TypeError('leaseDurationMs must exceed renewDeadlineMs, and that retryPeriodMs');
    }
    this.#options = options;
    this.#leaseDurationMs = leaseDurationMs;
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#retryPeriodMs = retryPeriodMs;
  }

  /** `true` when the Lease is ours, `false` when `signal` aborted. */
  async acquire(signal: AbortSignal, othersLead: () => void): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#try(signal)) return true;
      if (this.#heldByOther()) othersLead();
      // Candidates that began together do not go on asking together.
      await this.#pause(this.#retryPeriodMs * (1 + this.#options.clock.random() * 0.2), signal);
    }
    return false;
  }

  /** Renews; resolves when the Lease is lost, could not be renewed in time, or `signal` aborts. */
  async hold(signal: AbortSignal): Promise<void> {
    const { clock, log, lease } = this.#options;
    let renewedAt = this.#observedAt;
    for (;;) {
      await this.#pause(this.#retryPeriodMs, signal);
      if (signal.aborted) return;
      if (await this.#tryBefore(renewedAt + this.#renewDeadlineMs, signal)) {
        renewedAt = this.#observedAt;
      } else if (this.#heldByOther() || clock.now() - renewedAt >= this.#renewDeadlineMs) {
        log.warn({ lease: lease.name, holder: this.#holder() }, 'lost the lease');
        return;
      }
    }
  }

  async release(): Promise<void> {
    const { client, clock, log, identity } = this.#options;
    const observed = this.#observed;
    if (observed?.spec?.holderIdentity !== identity) return;
    const now = formatMicroTime(clock.now());
    const spec: LeaseSpec = {
      ...observed.spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: now,
      renewTime: now,
    };
    try {
      this.#see(await client.update(leases, { ...observed, spec }, { signal: withDeadline(this.#retryPeriodMs) }));
    } catch (err) {
      log.debug({ lease: this.#options.lease.name, err }, 'lease was not given up, it will expire');
      this.#observed = undefined;
    }
  }

  /** As `#try`, given up at `deadline` so that a server that does not answer cannot make us lead too long. */
  async #tryBefore(deadline: number, signal: AbortSignal): Promise<boolean> {
    const attempt = new AbortController();
    const cancel = this.#options.clock.after(deadline - this.#options.clock.now(), () => {
      attempt.abort(new Error('the lease could not be renewed in time'));
    });
    try {
      return await this.#try(AbortSignal.any([signal, attempt.signal]));
    } finally {
      cancel();
    }
  }

  async #try(signal: AbortSignal): Promise<boolean> {
    try {
      const held = await this.#acquireOrRenew(signal);
      this.#failing = false;
      return held;
    } catch (err) {
      // Losing the race for the Lease is what an election is about.
      const expected = signal.aborted || isConflict(err) || isAlreadyExists(err);
      if (!expected && !this.#failing) {
        this.#failing = true;
        this.#options.log.warn({ lease: this.#options.lease.name, err }, 'lease cannot be read or written');
      }
      return false;
    }
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { client, lease: key, clock, identity } = this.#options;
    const current = await this.#read(signal);
    if (current === undefined) {
      this.#see(await client.create(leases, { metadata: key, spec: this.#spec(undefined) }, { signal }));
      return true;
    }
    if (current.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion) this.#see(current);
    if (this.#heldByOther() && clock.now() < this.#observedAt + this.#durationMs(current)) return false;
    const sentAt = clock.now();
    const ours = current.spec?.holderIdentity === identity;
    this.#see(await client.update(leases, { ...current, spec: this.#spec(current.spec, ours) }, { signal }));
    // The others count from when they saw it at the earliest; we count from before it was sent.
    this.#observedAt = sentAt;
    return true;
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get(leases, this.#options.lease, { signal });
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  }

  #spec(previous: LeaseSpec | undefined, ours = false): LeaseSpec {
    const now = formatMicroTime(this.#options.clock.now());
    const transitions = previous?.leaseTransitions ?? 0;
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      acquireTime: ours ? (previous?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: previous === undefined || ours ? transitions : transitions + 1,
    };
  }

  #see(lease: Lease): void {
    this.#observed = lease;
    this.#observedAt = this.#options.clock.now();
  }

  #holder(): string {
    return this.#observed?.spec?.holderIdentity ?? '';
  }

  #heldByOther(): boolean {
    return this.#holder() !== '' && this.#holder() !== this.#options.identity;
  }

  /** What the holder promised, which need not be what we would. */
  #durationMs(lease: Lease): number {
    const seconds = lease.spec?.leaseDurationSeconds;
    return seconds === undefined ? this.#leaseDurationMs : seconds * 1000;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, signal);
    } catch (err) {
      if (!signal.aborted) throw err;
    }
  }
}
