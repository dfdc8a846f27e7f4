import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createCertificateAuthority,
  issueClientCertificate,
  signRequest,
  type KeyPairPem,
} from '../../src/pki/index.ts';
import { opensslRequest } from './certificate-request.ts';
import type { EtcdOptions } from './etcd.ts';

export interface EtcdCertificates {
  readonly files: NonNullable<EtcdOptions['tls']>;
  /** PEM, of all of them. */
  readonly ca: string;
  readonly client: KeyPairPem;
}

/** Certificates with which etcd serves its JSON gateway too, whose client it is itself. Asks openssl; the files are gone with the directory. */
export async function createEtcdCertificates(directory: string): Promise<EtcdCertificates> {
  const authority = await createCertificateAuthority();
  const asked = await opensslRequest('/CN=etcd', 'IP:127.0.0.1');
  const request = Buffer.from(asked.request, 'base64').toString();
  const usages = ['digital signature', 'server auth', 'client auth'];
  const certificate = await signRequest(authority, request, { usages, validSeconds: 3_600 });
  const own = await mkdtemp(join(directory, 'etcd-'));
  const file = async (name: string, text: string) => {
    const path = join(own, name);
    await writeFile(path, text);
    return path;
  };
  return {
    files: {
      ca: await file('ca.pem', authority.certificate),
      certificate: await file('cert.pem', certificate),
      key: await file('key.pem', asked.key),
    },
    ca: authority.certificate,
    client: await issueClientCertificate(authority, { commonName: 'koinon', organizations: [] }),
  };
}
