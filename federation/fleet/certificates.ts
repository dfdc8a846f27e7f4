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
import { CertificateStore, readIfThere } from './certificate-store.ts';
import type { ComponentPki } from './component.ts';

export type CertificateUse = 'authority' | 'signer' | 'client' | 'serving';

/** One of those that a fleet has. */
export interface HeldCertificate {
  /** Of its files, without their endings. */
  readonly name: string;
  readonly use: CertificateUse;
  /** PEM. */
  readonly certificate: string;
  /** Puts another in its place; authorities are not renewed, since what they issued would be believed no more. */
  readonly renew?: () => Promise<void>;
}

/** The fleet's own authority and what it has issued, kept as PEM files in one directory. */
export interface FleetCertificates {
  readonly ca: CertificateAuthority;
  /** The fleet's administrator, in group system:masters, for every API server of the fleet; as it was renewed last. */
  readonly admin: KeyPairPem;
  /** Issues what a component needs, or takes what is there and still good for a while. */
  forComponent(name: string, block: number): Promise<ComponentPki>;
  /** All that are in use, as they were renewed last. */
  held(): readonly HeldCertificate[];
  /** Lets go of those of a component that is no more. */
  forget(component: string): void;
}

const ADMIN = 'admin';

/** Opens the authority in `directory`; makes one when there is none. Rejects with the error of the file system. */
export async function openCertificates(directory: string, clock: Clock): Promise<FleetCertificates> {
  const store = new CertificateStore(directory);
  const kept = async (name: string, create: () => Promise<KeyPairPem>) =>
    (await store.read(name)) ?? (await store.write(name, await create()));
  const ca = await kept('ca', () => createCertificateAuthority({ clock }));
  const issued = async (name: string, issue: () => Promise<KeyPairPem>): Promise<Issued> => {
    const pair = await store.read(name);
    const good =
      pair !== undefined &&
      isIssuedBy(pair.certificate, ca.certificate) &&
      !needsRenewal(pair.certificate, clock.now());
    const renew = async () => store.write(name, await issue());
    return { name, pair: good ? pair : await renew(), renew };
  };
  const admin = await issued(ADMIN, () =>
    issueClientCertificate(ca, { commonName: 'kubernetes-admin', organizations: ['system:masters'], clock }),
  );
  const components = new Map<string, readonly HeldCertificate[]>();
  return {
    ca,
    get admin() {
      return admin.pair;
    },
    forComponent: async (name, block) => {
      // The address is part of the name: a component that moved to another block gets a certificate for that.
      const serving = await issued(`${name}-127.${block}`, () =>
        issueServingCertificate(ca, { commonName: name, hosts: hostsOf(block), clock }),
      );
      const signer = `${name}-signer`;
      const commonName = `koinon-${signer}`;
      const { certificate } = await kept(signer, () => createCertificateAuthority({ commonName, clock }));
      const serviceAccountKey = join(directory, `${name}-sa.key`);
      await keepServiceAccountKey(serviceAccountKey);
      components.set(name, [held(serving, 'serving'), { name: signer, use: 'signer', certificate }]);
      return {
        ca: store.certificateFile('ca'),
        servingCertificate: store.certificateFile(serving.name),
        servingKey: store.keyFile(serving.name),
        signerCertificate: store.certificateFile(signer),
        signerKey: store.keyFile(signer),
        serviceAccountKey,
      };
    },
    held: () => [
      { name: 'ca', use: 'authority', certificate: ca.certificate },
      held(admin, 'client'),
      ...[...components.values()].flat(),
    ],
    forget: (component) => {
      components.delete(component);
    },
  };
}

/** A certificate that can be issued again. */
interface Issued {
  readonly name: string;
  pair: KeyPairPem;
  readonly renew: () => Promise<KeyPairPem>;
}

function held(issued: Issued, use: CertificateUse): HeldCertificate {
  return {
    name: issued.name,
    use,
    get certificate() {
      return issued.pair.certificate;
    },
    renew: async () => {
      issued.pair = await issued.renew();
    },
  };
}

function hostsOf(block: number): readonly string[] {
  return [
    apiAddress(block),
    `127.${block}.96.1`,
    '127.0.0.1',
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
}

async function keepServiceAccountKey(file: string): Promise<void> {
  if ((await readIfThere(file)) !== undefined) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFileAtomic(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
