import { expect, it } from 'vitest';
import { formatTime } from '../apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../apis/index.ts';
import { FakeClock, silentLogger, start } from '../component-base/index.ts';
import { createInformerSet } from '../controller/index.ts';
import { createCertificateAuthority, issueClientCertificate } from '../pki/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { certificateRequests } from './certificate-requests.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const HOUR_MS = 60 * 60_000;

type Status = NonNullable<CertificateSigningRequest['status']>;

const clock = new FakeClock();
const ca = await createCertificateAuthority({ clock });
const issued = async (validDays: number) => {
  const { certificate } = await issueClientCertificate(ca, { commonName: 'me', validDays, clock });
  return Buffer.from(certificate).toString('base64');
};
const [long, short] = [await issued(1), await issued(0.5 / 24)];
const conditions = (...types: readonly string[]): NonNullable<Status['conditions']> => {
  const lastUpdateTime = formatTime(clock.now());
  return types.map((type) => ({ type, status: 'True', lastUpdateTime }));
};

it.each<readonly [what: string, hours: number, status: Status]>([
  ['nobody decided about', 24, {}],
  ['was approved and is not signed', 24, { conditions: conditions('Approved') }],
  ['was signed', 1, { conditions: conditions('Approved'), certificate: long }],
  ['was denied', 1, { conditions: conditions('Denied') }],
  ['could not be signed', 1, { conditions: conditions('Approved', 'Failed') }],
  ['has a certificate that is over', 0.5, { conditions: conditions('Approved'), certificate: short }],
  ['has a certificate that cannot be read', 1, { conditions: conditions('Approved'), certificate: 'AAAA' }],
])('a request that %s is deleted after %d h', async (_, hours, status) => {
  const ownClock = new FakeClock(clock.now());
  const client = new FakeClient();
  const creationTimestamp = formatTime(clock.now());
  const signerName = 'example.com/some';
  await client.create(certificateSigningRequests, {
    metadata: { name: 'asked', creationTimestamp },
    spec: { request: '', signerName, usages: ['client auth'] },
    status,
  });
  const informers = createInformerSet(client, { clock: ownClock, log: silentLogger });
  const deps = { client, informers, clock: ownClock, log: silentLogger };
  const controllers = certificateRequests(deps);
  await using _informers = await start([informers]);
  await using _running = await start(controllers);
  const left = async () => (await client.list(certificateSigningRequests)).items.length;
  await expect.poll(() => ownClock.pending, soon).toBeGreaterThan(0);
  await ownClock.advance(hours * HOUR_MS - 2_000);
  expect(await left()).toBe(1);
  await ownClock.advance(4_000);
  await expect.poll(left, soon).toBe(0);
});
