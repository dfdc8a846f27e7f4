import { expect, it } from 'vitest';
import { clusterRoleBindings, deployments, pods, validatingWebhookConfigurations } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';
import { startWebhookServer } from '../harness/webhook-server.ts';

const app = { app: 'web' };
const deployment = (name: string) => ({
  metadata: { namespace: 'default', name },
  spec: {
    replicas: 1,
    selector: { matchLabels: app },
    template: { metadata: { labels: app }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

it('has no administrators among its parts: controllers, scheduler and kubelets do what their roles say', async () => {
  await using hook = await startWebhookServer({ answers: { '/': () => ({ allowed: true }) } });
  await using member = await startTestMember({ nodes: [{ name: 'n1' }] });
  const { client } = member;
  const resources = ['pods', 'pods/binding', 'pods/status', 'replicasets'];
  await client.create(validatingWebhookConfigurations, {
    metadata: { name: 'who' },
    webhooks: [
      {
        name: 'who.example.com',
        clientConfig: { url: `https://${hook.host}:${hook.port}/`, caBundle: hook.caBundle },
        rules: [{ operations: ['*'], apiGroups: ['', 'apps'], apiVersions: ['v1'], resources }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  await client.create(deployments, deployment('web'));
  const everybody = ['system:authenticated'];
  await expect
    .poll(() => Object.fromEntries(hook.asked.map(({ request: { userInfo } }) => [userInfo.username, userInfo.groups])))
    .toMatchObject({
      'system:kube-controller-manager': everybody,
      'system:kube-scheduler': everybody,
      'system:node:n1': ['system:nodes', ...everybody],
    });
});

it('lets its scheduler do nothing more when nobody says that it may', async () => {
  await using member = await startTestMember({ nodes: 1 });
  const { client, server } = member;
  const scheduler = server.client({ username: 'system:kube-scheduler', groups: [] });
  await scheduler.list(pods);
  for (const name of ['system:kube-scheduler', 'system:volume-scheduler']) {
    await client.delete(clusterRoleBindings, { name });
  }
  await expect.poll(() => scheduler.list(pods).then(() => 'listed', String)).toContain('cannot list resource "pods"');
});
