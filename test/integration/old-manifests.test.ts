import { describe, expect, it } from 'vitest';
import {
  bootstrapFlowControl,
  convertManifest,
  deployments,
  eventsV1,
  extensionResources,
  namespaces,
  services,
} from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';

const resources = [namespaces, services, deployments, eventsV1, ...extensionResources];

const guestbook = {
  apiVersion: 'v1beta1',
  kind: 'ServiceList',
  items: [{ id: 'redismaster', port: 6379, containerPort: 6379, selector: { name: 'redis' }, portalIP: '10.0.0.9' }],
};

const web = {
  apiVersion: 'extensions/v1beta1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
};

describe.skipIf(!hasKubectl())('judged by kubectl', () => {
  it('applies manifests of 2014 and 2016 once they are converted', async () => {
    await using api = await startTestApiServer({ listen: true, resources });
    await using kubectl = await kubectlFor(api);
    const items = [guestbook, web].flatMap((manifest) => convertManifest(manifest));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    expect(await kubectl.out('apply -f -', list)).toBe('service/redismaster created\ndeployment.apps/web created\n');
    expect(await kubectl.out('apply -f -', list)).toBe(
      'service/redismaster unchanged\ndeployment.apps/web unchanged\n',
    );
  });

  it('has the objects of priority and fairness, once and for all', async () => {
    await using api = await startTestApiServer({ listen: true, resources });
    await using kubectl = await kubectlFor(api);
    const signal = AbortSignal.timeout(10_000);
    await bootstrapFlowControl(api.admin, signal);
    await bootstrapFlowControl(api.admin, signal);
    expect(await kubectl.out('get prioritylevelconfiguration catch-all --no-headers')).toMatch(
      /^catch-all +Limited +5 +<none> +<none> +<none> /,
    );
    expect(await kubectl.out('get flowschema --no-headers -o name')).toContain(
      'flowschema.flowcontrol.apiserver.k8s.io/exempt',
    );
  });
});
