import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTokenIssuer } from '../harness/token-issuer.ts';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 20_000, interval: 100 };

it('a fleet believes tokens of a file and of an issuer outside, and follows the file that names the issuer', async () => {
  await using issuer = await startTokenIssuer();
  await using sandbox = await Sandbox.create();
  const tokens = join(sandbox.directory, 'tokens.csv');
  const config = join(sandbox.directory, 'authentication.yaml');
  const configure = (prefix: string) =>
    writeFile(
      config,
      JSON.stringify({
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AuthenticationConfiguration',
        jwt: [
          {
            issuer: { url: issuer.url, audiences: ['koinon'], certificateAuthority: issuer.ca },
            claimMappings: { username: { claim: 'sub', prefix } },
          },
        ],
      }),
    );
  await writeFile(tokens, 'let-me-in,ann,1,"team:dev"\n');
  await writeFile(config, 'jwt: []\n');
  const flags = ['--clusters', '1', '--nodes', '1', '--token-auth-file', tokens, '--authentication-config', config];
  const refused = await sandbox.koinon('up', '--dns-address', sandbox.dnsAddress, ...flags);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`${config}: kind: must be`)]);

  await configure('one:');
  await sandbox.up(...flags);
  await sandbox.kubectl('config', 'set-credentials', 'ann', '--token=let-me-in');
  await sandbox.kubectl(
    'config',
    'set-credentials',
    'ben',
    `--token=${await issuer.token({ sub: 'ben', aud: 'koinon' })}`,
  );
  const whoAmI = async (context: string, user: string) => {
    const args = [
      `--context=${context}`,
      `--user=${user}`,
      'auth',
      'whoami',
      '-o=jsonpath={.status.userInfo.username}',
    ];
    return (await sandbox.tryKubectl(...args)).stdout;
  };
  for (const context of ['federation-cluster', 'gce-asia-east1']) {
    expect(await whoAmI(context, 'ann')).toBe('ann');
    expect(await whoAmI(context, 'ben')).toBe('one:ben');
  }
  await configure('two:');
  for (const context of ['federation-cluster', 'gce-asia-east1']) {
    await expect.poll(() => whoAmI(context, 'ben'), soon).toBe('two:ben');
  }
});
