import { mkdir, readFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Clock } from '../../src/component-base/index.ts';
import {
  createCertificateAuthority,
  isIssuedBy,
  issueClientCertificate,
  issueServingCertificate,
  needsRenewal,
  type CertificateAuthority,
  type KeyPairPem,
} from '../../src/pki/index.ts';
import { apiAddress } from './blocks.ts';
import type { ComponentPki } from './component.ts';

/** The fleet's own authority and what it has issued, kept as PEM files in one directory. */
export interface FleetCertificates {
  readonly caFile: string;
  readonly ca: CertificateAuthority;
  /** The fleet's administrator, in group system:masters, for every API server of the fleet. */
  readonly admin: KeyPairPem;
  /** Issues what a component needs, or takes what is there and still good for a while. */
  forComponent(name: string, block: number): Promise<ComponentPki>;
}

/** Opens the authority in `directory`; makes one when there is none. Rejects with the error of the file system. */
export async function openCertificates(directory: string, clock: Clock): Promise<FleetCertificates> {
  const kept = async (name: string, create: () => Promise<KeyPairPem>) =>
    (await readPair(directory, name)) ?? (await writePair(directory, name, await create()));
  const ca = await kept('ca', () => createCertificateAuthority({ clock }));
  const issued = async (name: string, issue: () => Promise<KeyPairPem>): Promise<KeyPairPem> => {
    const pair = await readPair(directory, name);
    const good =
      pair !== undefined &&
      isIssuedBy(pair.certificate, ca.certificate) &&
      !needsRenewal(pair.certificate, clock.now());
    return good ? pair : writePair(directory, name, await issue());
  };
  const admin = await issued('admin', () =>
    issueClientCertificate(ca, { commonName: 'kubernetes-admin', organizations: ['system:masters'], clock }),
  );
  return {
    caFile: join(directory, 'ca.crt'),
    ca,
    admin,
    forComponent: async (name, block) => {
      // The address is part of the name: a component that moved to another block gets a certificate for that.
      const serving = `${name}-127.${block}`;
      await issued(serving, () =>
        issueServingCertificate(ca, {
          commonName: name,
          hosts: [
            apiAddress(block),
            `127.${block}.96.1`,
            '127.0.0.1',
            'localhost',
            'kubernetes',
            'kubernetes.default',
            'kubernetes.default.svc',
            'kubernetes.default.svc.cluster.local',
          ],
          clock,
        }),
      );
      const signer = `${name}-signer`;
      const commonName = `koinon-${signer}`;
      await kept(signer, () => createCertificateAuthority({ commonName, clock }));
      const serviceAccountKey = join(directory, `${name}-sa.key`);
      await keepServiceAccountKey(serviceAccountKey);
      return {
        ca: join(directory, 'ca.crt'),
        servingCertificate: join(directory, `${serving}.crt`),
        servingKey: join(directory, `${serving}.key`),
        signerCertificate: join(directory, `${signer}.crt`),
        signerKey: join(directory, `${signer}.key`),
        serviceAccountKey,
      };
    },
  };
}

async function readPair(directory: string, name: string): Promise<KeyPairPem | undefined> {
  const certificate = await readIfThere(join(directory, `${name}.crt`));
  const key = await readIfThere(join(directory, `${name}.key`));
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

async function writePair(directory: string, name: string, pair: KeyPairPem): Promise<KeyPairPem> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFileAtomic(join(directory, `${name}.key`), pair.key, { mode: 0o600 });
  await writeFileAtomic(join(directory, `${name}.crt`), pair.certificate, { mode: 0o600 });
  return pair;
}

async function keepServiceAccountKey(file: string): Promise<void> {
  if ((await readIfThere(file)) !== undefined) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFileAtomic(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
}
