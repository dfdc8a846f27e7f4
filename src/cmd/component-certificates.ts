import { readFile } from 'node:fs/promises';
import { start, type Clock, type Logger, type Registry, type Running } from '../component-base/index.ts';
import { CertificateLifetimes, followCertificateFiles, type KeyPairPem } from '../pki/index.ts';
import type { ComponentPki } from '../../federation/fleet/index.ts';

/** Files of PEM. */
export type CertificateFiles = Pick<ComponentPki, 'ca' | 'servingCertificate' | 'servingKey'> &
  Partial<Pick<ComponentPki, 'signerCertificate' | 'signerKey'>>;

/** What a component is and believes. */
export interface ComponentCertificates {
  readonly ca: string;
  readonly serving: KeyPairPem;
  readonly signer?: KeyPairPem;
}

export async function readCertificates(files: CertificateFiles): Promise<ComponentCertificates> {
  const { ca, servingCertificate, servingKey, signerCertificate, signerKey } = files;
  const pair = async (certificate: string, key: string) => ({
    certificate: await read(certificate),
    key: await read(key),
  });
  return {
    ca: await read(ca),
    serving: await pair(servingCertificate, servingKey),
    ...(signerCertificate === undefined || signerKey === undefined
      ? {}
      : { signer: await pair(signerCertificate, signerKey) }),
  };
}

const read = (file: string) => readFile(file, 'utf8');

export interface KeptCertificatesDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly renewServing: (pair: KeyPairPem) => void;
}

/** Serves what replaces the serving certificate in its files, and tells in metrics how long each is good. */
export function keepCertificates(
  files: CertificateFiles,
  { ca, serving, signer }: ComponentCertificates,
  { clock, log, metrics, renewServing }: KeptCertificatesDeps,
): Promise<Running> {
  const lifetimes = new CertificateLifetimes(metrics, clock);
  lifetimes.set('ca', ca);
  lifetimes.set('serving', serving.certificate);
  if (signer !== undefined) lifetimes.set('signer', signer.certificate);
  const follower = followCertificateFiles({
    files: { certificate: files.servingCertificate, key: files.servingKey },
    known: serving,
    clock,
    log,
    onChange: (pair) => {
      renewServing(pair);
      lifetimes.set('serving', pair.certificate);
    },
  });
  return start([follower]);
}
