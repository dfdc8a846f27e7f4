import { readFile } from 'node:fs/promises';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { inspectCertificate } from './inspect.ts';
import type { KeyPairPem } from './keys.ts';

export interface CertificateFilesOptions {
  /** PEM files, as they were read when this began. */
  readonly files: { readonly certificate: string; readonly key: string };
  readonly known: KeyPairPem;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onChange: (pair: KeyPairPem) => void;
}

const LOOK_EVERY_MS = 60_000;

/** Looks every minute whether a certificate was replaced. A pair that does not fit yet, or any more, is looked at again. */
export function followCertificateFiles({ files, known, clock, log, onChange }: CertificateFilesOptions): Runnable {
  return {
    name: 'certificate-files',
    async run(signal, ready) {
      let current = known;
      ready();
      for (;;) {
        try {
          await clock.sleep(LOOK_EVERY_MS, signal);
        } catch {
          return;
        }
        try {
          const pair = {
            certificate: await readFile(files.certificate, 'utf8'),
            key: await readFile(files.key, 'utf8'),
          };
          if (pair.certificate === current.certificate || !fits(pair)) continue;
          onChange(pair);
          current = pair;
          const { notAfter } = inspectCertificate(pair.certificate);
          log.info({ file: files.certificate, notAfter: new Date(notAfter).toISOString() }, 'certificate renewed');
        } catch (err) {
          log.error({ file: files.certificate, err }, 'a renewed certificate cannot be used');
        }
      }
    },
  };
}

/** While the files are being replaced one of them is still that of before. */
function fits({ certificate, key }: KeyPairPem): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}
