import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { FakeClock } from '../component-base/index.ts';
import {
  createCertificateAuthority,
  inspectCertificate,
  issueClientCertificate,
  issueServingCertificate,
  isIssuedBy,
  needsRenewal,
} from './index.ts';

const DAY_MS = 86_400_000;

it('names the user and the groups in a client certificate', async () => {
  const ca = await createCertificateAuthority();
  const leaf = await issueClientCertificate(ca, { commonName: 'system:node:a, b=c', organizations: ['x', 'system:y'] });
  expect(inspectCertificate(leaf.certificate)).toMatchObject({
    commonName: 'system:node:a, b=c',
    organizations: ['x', 'system:y'],
  });
  expect(isIssuedBy(leaf.certificate, ca.certificate)).toBe(true);
  expect(isIssuedBy(leaf.certificate, (await createCertificateAuthority()).certificate)).toBe(false);
});

it('makes certificates that TLS believes on both sides', async () => {
  const ca = await createCertificateAuthority({ commonName: 'fleet' });
  const serving = await issueServingCertificate(ca, { commonName: 'kube', hosts: ['127.0.0.1', 'localhost', '::1'] });
  const client = await issueClientCertificate(ca, { commonName: 'me' });
  expect(new X509Certificate(serving.certificate).subjectAltName).toBe(
    'IP Address:127.0.0.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1',
  );

  const server = createServer({ key: serving.key, cert: serving.certificate, ca: ca.certificate, requestCert: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'secureConnection');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect({ port, host: '127.0.0.1', ca: ca.certificate, key: client.key, cert: client.certificate });
  await once(socket, 'secureConnect');
  // @NOTE the event's only argument is the accepted socket.
  const [peer] = (await accepted) as [TLSSocket];
  expect(peer.authorized).toBe(true);
  expect(peer.getPeerCertificate().subject.CN).toBe('me');
  socket.destroy();
  server.close();
});

it('is to be renewed when four fifths of its life are over', async () => {
  const clock = new FakeClock();
  const ca = await createCertificateAuthority({ clock });
  const { certificate } = await issueClientCertificate(ca, { commonName: 'me', validDays: 10, clock });
  expect(needsRenewal(certificate, clock.now())).toBe(false);
  expect(needsRenewal(certificate, clock.now() + 7 * DAY_MS)).toBe(false);
  expect(needsRenewal(certificate, clock.now() + 8.1 * DAY_MS)).toBe(true);
  expect(needsRenewal(certificate, clock.now() - DAY_MS)).toBe(true);
});

it('never lets a certificate outlive its authority', async () => {
  const clock = new FakeClock();
  const ca = await createCertificateAuthority({ validDays: 5, clock });
  const { certificate } = await issueClientCertificate(ca, { commonName: 'me', validDays: 10, clock });
  expect(inspectCertificate(certificate).notAfter).toBe(clock.now() + 5 * DAY_MS);
});
