import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { KeyPairPem } from '../../src/pki/index.ts';

/** Certificates and their keys as PEM files of one directory, private to the user. */
export class CertificateStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  certificateFile(name: string): string {
    return join(this.directory, `${name}.crt`);
  }

  keyFile(name: string): string {
    return join(this.directory, `${name}.key`);
  }

  async read(name: string): Promise<KeyPairPem | undefined> {
    const certificate = await readIfThere(this.certificateFile(name));
    const key = await readIfThere(this.keyFile(name));
    return certificate === undefined || key === undefined ? undefined : { certificate, key };
  }

  /** The key first: who finds the new certificate finds its key too. */
  async write(name: string, pair: KeyPairPem): Promise<KeyPairPem> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.keyFile(name), pair.key, { mode: 0o600 });
    await writeFileAtomic(this.certificateFile(name), pair.certificate, { mode: 0o600 });
    return pair;
  }
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
}
