import { Gauge, type Clock, type Registry } from '../component-base/index.ts';
import { inspectCertificate } from './inspect.ts';

/** How long the certificates of a process are still good, as a metric. */
export class CertificateLifetimes {
  readonly #ends = new Map<string, number>();

  constructor(metrics: Registry, clock: Clock) {
    const ends = this.#ends;
    new Gauge({
      name: 'koinon_certificate_ttl_seconds',
      help: 'Until the certificate is over; negative when it is.',
      labelNames: ['certificate'],
      registers: [metrics],
      collect() {
        for (const [certificate, end] of ends) this.set({ certificate }, (end - clock.now()) / 1000);
      },
    });
  }

  /** `pem` is what is used as `certificate` from now on. */
  set(certificate: string, pem: string): void {
    this.#ends.set(certificate, inspectCertificate(pem).notAfter);
  }
}
