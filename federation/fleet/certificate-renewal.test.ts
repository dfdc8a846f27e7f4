import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { inspectCertificate } from '../../src/pki/index.ts';
import { certificateRenewal } from './certificate-renewal.ts';
import { certificateStatus } from './certificate-reminder.ts';
import { openCertificates, type FleetCertificates } from './certificates.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const DAY_MS = 24 * 60 * 60_000;
const directory = await mkdtemp(join(tmpdir(), 'koinon-pki-'));
afterAll(() => rm(directory, { recursive: true }));

async function fleet(name: string, clock = new FakeClock()) {
  const own = join(directory, name);
  const certificates = await openCertificates(own, clock);
  await certificates.forComponent('m1', 18);
  return { directory: own, clock, certificates };
}

const pemOf = (certificates: FleetCertificates, name: string) =>
  certificates.held().find((one) => one.name === name)?.certificate ?? '';

it('renews what the authority issued in the last third of its life, not all at once, and nothing else', async () => {
  const { directory: own, clock, certificates } = await fleet('renewed');
  const renewed: { readonly name: string; readonly day: number }[] = [];
  const began = clock.now();
  const onRenewed = async ({ name }: { readonly name: string }) => {
    renewed.push({ name, day: (clock.now() - began) / DAY_MS });
  };
  const before = { admin: pemOf(certificates, 'admin'), serving: pemOf(certificates, 'm1-127.18') };
  await clock.advance(240 * DAY_MS);
  await using _running = await start([certificateRenewal({ certificates, clock, log: silentLogger, onRenewed })]);
  await clock.advance(3 * DAY_MS);
  expect(renewed).toEqual([]);
  const waits = () => expect.poll(() => clock.pending, soon).toBe(1);
  for (let day = 243; renewed.length < 2 && day < 292; day += 1) {
    await waits();
    await clock.advance(DAY_MS);
  }
  await expect.poll(() => renewed.map(({ name }) => name).sort(), soon).toEqual(['admin', 'm1-127.18']);
  for (const { day } of renewed) expect(day).toBeLessThanOrEqual(292);
  expect(new Set(renewed.map(({ day }) => day)).size).toBe(2);
  expect(certificates.admin.certificate).not.toBe(before.admin);
  expect(await readFile(join(own, 'admin.crt'), 'utf8')).toBe(certificates.admin.certificate);
  expect(await readFile(join(own, 'admin.key'), 'utf8')).toBe(certificates.admin.key);
  expect(await readFile(join(own, 'm1-127.18.crt'), 'utf8')).not.toBe(before.serving);
  expect(inspectCertificate(certificates.admin.certificate).organizations).toEqual(['system:masters']);
});

it('tells of it again when nobody could be told, and does not issue another for that', async () => {
  const { clock, certificates } = await fleet('told');
  const told: string[] = [];
  const onRenewed = async ({ name, certificate }: { readonly name: string; readonly certificate: string }) => {
    if (name !== 'admin') return;
    told.push(certificate);
    if (told.length === 1) throw new Error('the disk is full');
  };
  await clock.advance(292 * DAY_MS);
  await using _running = await start([certificateRenewal({ certificates, clock, log: silentLogger, onRenewed })]);
  await expect.poll(() => told.length, soon).toBe(1);
  await expect.poll(() => clock.pending, soon).toBeGreaterThan(0);
  await clock.advance(5 * 60_000);
  await expect.poll(() => told.length, soon).toBe(2);
  expect(told[1]).toBe(told[0]);
});

it('reminds of what ends: long before of authorities, which nothing renews', async () => {
  const { clock, certificates } = await fleet('reminded');
  const now = clock.now();
  const statesAfter = (days: number) =>
    certificates.held().map((held) => {
      const { name, state, advice } = certificateStatus(held, now + days * DAY_MS);
      return [name, state, advice?.replace(/[;:].*/, '')];
    });
  expect(statesAfter(300)).toEqual([
    ['ca', 'Valid', undefined],
    ['admin', 'Valid', undefined],
    ['m1-127.18', 'Valid', undefined],
    ['m1-signer', 'Valid', undefined],
  ]);
  expect(statesAfter(340)).toContainEqual(['admin', 'Expiring', 'it is renewed while the fleet runs']);
  expect(statesAfter(366)).toContainEqual(['m1-127.18', 'Expired', 'it is renewed while the fleet runs']);
  expect(statesAfter(3290)).toContainEqual(['ca', 'Expiring', "nobody believes the fleet's API servers after that"]);
  expect(statesAfter(3651)).toContainEqual(['m1-signer', 'Expired', 'what it signed is believed no more after that']);
});
