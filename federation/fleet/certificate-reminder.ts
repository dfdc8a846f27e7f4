import { inspectCertificate } from '../../src/pki/index.ts';
import type { CertificateUse, HeldCertificate } from './certificates.ts';

const DAY_MS = 24 * 60 * 60_000;
/** What is renewed by itself has long been by then; what is not takes its owner a while. */
const REMIND_DAYS: Readonly<Record<CertificateUse, number>> = { authority: 365, signer: 365, client: 30, serving: 30 };

export interface CertificateReminder {
  readonly state: 'Expiring' | 'Expired';
  readonly advice: string;
}

/** A row of `koinon status -o json`. */
export interface CertificateStatus extends Pick<HeldCertificate, 'name' | 'use'> {
  readonly expiresAt: string;
  readonly state: 'Valid' | CertificateReminder['state'];
  /** What to do about it. */
  readonly advice?: string;
}

/** What somebody has to be told about a certificate that ends soon, or has ended. */
export function reminderOf(
  { name, use, certificate }: Pick<HeldCertificate, 'name' | 'use' | 'certificate'>,
  now: number,
): CertificateReminder | undefined {
  const { notAfter } = inspectCertificate(certificate);
  if (now < notAfter - REMIND_DAYS[use] * DAY_MS) return undefined;
  return { state: now < notAfter ? 'Expiring' : 'Expired', advice: adviceOf(name, use) };
}

export function certificateStatus(held: HeldCertificate, now: number): CertificateStatus {
  const { name, use, certificate } = held;
  const expiresAt = new Date(inspectCertificate(certificate).notAfter).toISOString();
  return { name, use, expiresAt, state: 'Valid', ...reminderOf(held, now) };
}

function adviceOf(name: string, use: CertificateUse): string {
  const anew = `"koinon down --keep-data", remove pki/${name}.crt and pki/${name}.key of the fleet, "koinon up"`;
  switch (use) {
    case 'authority':
      return `nobody believes the fleet's API servers after that; ${anew} make another, and all that it issues`;
    case 'signer':
      return `what it signed is believed no more after that; ${anew} make another, and its certificates are to be asked for again`;
    case 'client':
    case 'serving':
      return 'it is renewed while the fleet runs; "koinon logs supervisor" says why, if it is not';
  }
}
