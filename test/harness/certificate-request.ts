import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether there is an openssl to ask with. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface CertificateRequest {
  /** As it stands in a CertificateSigningRequest: base64 of PEM. */
  readonly request: string;
  /** PEM. */
  readonly key: string;
}

/** What openssl asks for: `/CN=name/O=group`, and `DNS:name,IP:address` where it is given. */
export async function opensslRequest(subject: string, names = ''): Promise<CertificateRequest> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-request-'));
  const [keyFile, requestFile] = [join(directory, 'key'), join(directory, 'csr')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const added = names === '' ? [] : ['-addext', `subjectAltName=${names}`];
    const files = ['-keyout', keyFile, '-out', requestFile];
    execFileSync('openssl', ['req', '-new', ...curve, '-subj', subject, ...added, ...files], { stdio: 'ignore' });
    return { request: (await readFile(requestFile)).toString('base64'), key: await readFile(keyFile, 'utf8') };
  } finally {
    await rm(directory, { recursive: true });
  }
}
