import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { inspectCertificate } from '../../src/pki/index.ts';
import type { FleetCertificates, HeldCertificate } from './certificates.ts';
import { reminderOf } from './certificate-reminder.ts';

export interface CertificateRenewalDeps {
  readonly certificates: FleetCertificates;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once `certificate` is another. What it rejects with is tried again. */
  readonly onRenewed: (certificate: HeldCertificate) => Promise<void>;
}

/** For certificates that were added since, and for machines that slept. */
const LOOK_EVERY_MS = 6 * 60 * 60_000;
/** A full disk, say, may have room again. */
const RETRY_MS = 5 * 60_000;
const SHORTEST_WAIT_MS = 1_000;
const REMIND_EVERY_MS = 24 * 60 * 60_000;
/** Renewed somewhere between these parts of its life, so that not all of a fleet is at once. */
const [EARLIEST, LATEST] = [2 / 3, 0.8];

/** Puts another in the place of every certificate of the fleet before it is over, and says in the log what ends. */
export function certificateRenewal(deps: CertificateRenewalDeps): Runnable {
  return {
    name: 'certificate-renewal',
    async run(signal, ready) {
      const rounds = new RenewalRounds(deps);
      ready();
      for (;;) {
        const waitMs = await rounds.next();
        try {
          await deps.clock.sleep(waitMs, signal);
        } catch {
          return;
        }
      }
    },
  };
}

interface Plan {
  readonly certificate: string;
  dueAt: number;
  remindAt: number;
}

class RenewalRounds {
  readonly #deps: CertificateRenewalDeps;
  readonly #plans = new Map<string, Plan>();
  /** Renewed, and somebody could not be told yet. */
  readonly #untold = new Set<string>();

  constructor(deps: CertificateRenewalDeps) {
    this.#deps = deps;
  }

  /** Renews what is due. Resolves to how long there is nothing to do. */
  async next(): Promise<number> {
    const { certificates, clock } = this.#deps;
    const held = certificates.held();
    for (const name of this.#plans.keys()) if (!held.some((one) => one.name === name)) this.#plans.delete(name);
    let next = clock.now() + LOOK_EVERY_MS;
    for (const certificate of held) {
      const plan = this.#planOf(certificate);
      this.#remind(certificate, plan);
      if (certificate.renew === undefined) continue;
      if (plan.dueAt <= clock.now()) await this.#renew(certificate, plan);
      next = Math.min(next, this.#planOf(certificate).dueAt);
    }
    return Math.max(SHORTEST_WAIT_MS, next - clock.now());
  }

  async #renew(certificate: HeldCertificate, plan: Plan): Promise<void> {
    const { clock, log, onRenewed } = this.#deps;
    const { name, use } = certificate;
    try {
      if (!this.#untold.has(name)) await certificate.renew?.();
      this.#untold.add(name);
      await onRenewed(certificate);
      this.#untold.delete(name);
      const notAfter = new Date(inspectCertificate(certificate.certificate).notAfter).toISOString();
      log.info({ certificate: name, use, notAfter }, 'certificate renewed');
    } catch (err) {
      log.error({ certificate: name, use, err }, 'a certificate cannot be renewed, trying again');
      this.#plans.set(name, { ...plan, certificate: certificate.certificate, dueAt: clock.now() + RETRY_MS });
    }
  }

  #planOf({ name, certificate }: HeldCertificate): Plan {
    const known = this.#plans.get(name);
    if (known?.certificate === certificate) return known;
    const { notBefore, notAfter } = inspectCertificate(certificate);
    // Another one would end no later.
    const isLast = notAfter >= inspectCertificate(this.#deps.certificates.ca.certificate).notAfter;
    const part = EARLIEST + this.#deps.clock.random() * (LATEST - EARLIEST);
    const plan = { certificate, dueAt: isLast ? Infinity : notBefore + part * (notAfter - notBefore), remindAt: 0 };
    this.#plans.set(name, plan);
    return plan;
  }

  #remind(certificate: HeldCertificate, plan: Plan): void {
    const { clock, log } = this.#deps;
    const reminder = reminderOf(certificate, clock.now());
    if (reminder === undefined || clock.now() < plan.remindAt) return;
    plan.remindAt = clock.now() + REMIND_EVERY_MS;
    log.warn({ certificate: certificate.name, ...reminder }, 'a certificate ends soon');
  }
}
