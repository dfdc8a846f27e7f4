import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps, deployments, legacyResources, namespaces } from '../../src/apis/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';

const resources = [namespaces, configMaps, deployments];
const labels = { app: 'a' };
const deployment = (apiVersion: string) => ({
  apiVersion,
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

describe.skipIf(!hasKubectl())('what is empty', () => {
  let api: TestApiServer;
  let kubectl: Kubectl;

  beforeAll(async () => {
    api = await startTestApiServer({ listen: true, resources: [...resources, ...legacyResources(resources)] });
    kubectl = await kubectlFor(api);
  });

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it.each(['apps/v1', 'extensions/v1beta1'])(
    'is not kept when kubectl goes over to server-side apply, in %s',
    async (version) => {
      const manifest = JSON.stringify(deployment(version));
      await kubectl.out('apply -f -', manifest);
      await kubectl.out('apply --server-side --force-conflicts -f -', manifest);
      // kubectl takes its own annotation away itself, as users do.
      await kubectl.run(['annotate', 'deployment', 'a', 'kubectl.kubernetes.io/last-applied-configuration-']);
      const shown = await kubectl.out('get deployment.apps/a -o json');
      expect(JSON.parse(shown)).not.toHaveProperty('metadata.annotations');
      expect(await kubectl.run(['diff', '--server-side', '-f', '-'], manifest)).toMatchObject({ code: 0, stdout: '' });
      await kubectl.out('delete deployment.apps/a');
    },
  );

  it('is left out of what was sent, and comes back where Kubernetes always writes it', async () => {
    const sent = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', annotations: {} }, data: {} };
    await kubectl.out('create -f -', JSON.stringify(sent));
    const created: unknown = JSON.parse(await kubectl.out('get cm b -o json'));
    expect(created).not.toHaveProperty('metadata.annotations');
    expect(created).not.toHaveProperty('data');
  });
});
