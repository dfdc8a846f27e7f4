import { expect, it } from 'vitest';
import { namespaces, pods, type PodSpec } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const containers = [{ name: 'main', image: 'nginx:1', securityContext: { privileged: true } }];
const open = { level: 'privileged', version: 'latest' } as const;

it('asks of pods what the operator says, but for those who are exempt', async () => {
  await using member = await startTestMember({
    nodes: 0,
    admission: {
      podSecurity: {
        defaults: { enforce: { level: 'baseline', version: 'latest' }, audit: open, warn: open },
        exemptions: { namespaces: ['free'], usernames: ['ci'], runtimeClasses: ['sandboxed'] },
      },
    },
  });
  const { client, server } = member;
  for (const name of ['free', 'open']) {
    const labels = name === 'open' ? { 'pod-security.kubernetes.io/enforce': 'privileged' } : {};
    await client.create(namespaces, { metadata: { name, labels } });
  }
  const create = (namespace: string, name: string, spec: Partial<PodSpec> = {}, by = client) =>
    by.create(pods, { metadata: { namespace, name }, spec: { containers, ...spec } }, { dryRun: true });
  await expect(create('default', 'a')).rejects.toThrow(
    'pods "a" is forbidden: violates PodSecurity "baseline:latest": privileged (container "main" must not set securityContext.privileged=true)',
  );
  await create('free', 'a');
  await create('open', 'a');
  await create('default', 'a', {}, server.client({ username: 'ci', groups: ['system:masters'] }));
});
