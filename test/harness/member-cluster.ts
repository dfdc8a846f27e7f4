import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  startMemberCluster,
  type MemberCluster,
  type MemberClusterOptions,
} from '../../member-cluster/control-plane/index.ts';
import type { FakeClock } from '../../src/component-base/index.ts';
import { createCertificateAuthority, issueServingCertificate, type KeyPairPem } from '../../src/pki/index.ts';

export type TestMemberOptions = Partial<Omit<MemberClusterOptions, 'certificates'>> &
  Partial<Pick<MemberClusterOptions, 'certificates'>>;

/** Certificates for a member of this block; any will do for a simulated one. */
export async function memberCertificates(
  block = 1,
): Promise<MemberClusterOptions['certificates'] & { readonly ca: KeyPairPem }> {
  const ca = await createCertificateAuthority();
  const hosts = [`127.${block}.0.1`, `127.${block}.96.1`, 'localhost', 'kubernetes.default.svc'];
  const serving = await issueServingCertificate(ca, { commonName: 'kube-apiserver', hosts });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ca, serving, serviceAccountKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

/** A member cluster in memory, simulated unless it is given a block of loopback of its own. */
export async function startTestMember(options: TestMemberOptions = {}): Promise<MemberCluster> {
  const { network = 'none' } = options;
  return startMemberCluster({
    name: 'test',
    region: 'europe-west1',
    zone: 'europe-west1-b',
    nodes: 2,
    storage: { type: 'memory' },
    certificates: await memberCertificates(network === 'none' ? undefined : network.block),
    ...options,
    network,
  });
}

/** A member whose time only moves when told to; starting itself may take some of it. */
export async function startMemberOn(clock: FakeClock, options: TestMemberOptions = {}): Promise<MemberCluster> {
  const started = startTestMember({ ...options, clock });
  const isUp = started.then(() => true);
  while (!(await Promise.race([isUp, clock.advance(10).then(() => false)])));
  return started;
}

/**
 * A block of loopback that no other test of this machine has, until this process ends: whoever listens at its second
 * address has it, and members never do.
 */
export async function reserveBlock(): Promise<number> {
  const [first, last] = [100, 254];
  for (let attempt = 0; attempt <= last - first; attempt++) {
    const block = first + ((process.pid + attempt) % (last - first + 1));
    const holder = createServer().unref().listen(6443, `127.${block}.0.2`);
    const taken = await once(holder, 'listening').then(
      () => false,
      () => true,
    );
    if (!taken) return block;
  }
  throw new Error('every block of loopback is taken');
}
