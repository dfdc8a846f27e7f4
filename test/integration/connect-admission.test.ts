import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mutatingWebhookConfigurations,
  pods,
  services,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { http1Transport as http } from '../harness/https.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';
import { startKubectlMember, type KubectlMember } from '../harness/kubectl-member.ts';
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts';

describe.skipIf(!hasKubectl())('admission of connections', () => {
  let hook: WebhookServer;
  let member: KubectlMember;
  let kubectl: Kubectl;
  let client: Client;

  const rules = (...resources: readonly string[]) => [
    { operations: ['CONNECT'], apiGroups: [''], apiVersions: ['v1'], resources },
  ];
  const webhook = (path: string, options: object = {}) => ({
    name: `${path.slice(1)}.example.com`,
    clientConfig: { url: `https://127.0.0.1:${hook.port}${path}`, caBundle: hook.caBundle },
    rules: rules('*/*'),
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...options,
  });
  const deny = async (name: string, resource: string, expression: string) => {
    await client.create(validatingAdmissionPolicies, {
      metadata: { name },
      spec: { matchConstraints: { resourceRules: rules(resource) }, validations: [{ expression, message: name }] },
    });
    await client.create(validatingAdmissionPolicyBindings, {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'] },
    });
  };

  beforeAll(async () => {
    hook = await startWebhookServer({
      answers: {
        '/look': () => ({ allowed: true }),
        '/change': () => ({ allowed: true, patch: [{ op: 'replace', path: '/command', value: ['echo', 'changed'] }] }),
      },
    });
    member = await startKubectlMember({ nodes: 1 });
    kubectl = await kubectlFor(member);
    ({ client } = member.cluster);
    const metadata = { namespace: 'default', name: 'web' };
    const containers = [{ name: 'main', image: 'nginx:1', ports: [{ containerPort: 8080 }] }];
    await client.create(pods, { metadata, spec: { containers } });
    await client.create(services, { metadata, spec: { ports: [{ port: 80 }] } });
    const watching = client.watch(pods, { namespace: 'default', signal: AbortSignal.timeout(10_000) });
    for await (const { object } of watching) if (object.status?.phase === 'Running') break;
    await client.create(validatingWebhookConfigurations, {
      metadata: { name: 'look' },
      webhooks: [
        webhook('/look'),
        // Options have no labels to select by.
        webhook('/label', { objectSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } }),
      ],
    });
  }, 30_000);

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
    await hook[Symbol.asyncDispose]();
  });

  const exec = (...command: readonly string[]) => kubectl.run(['exec', 'web', '--', ...command]);

  /** What a webhook was asked about a connection. */
  async function asked(subresource: string) {
    hook.asked.length = 0;
    if (subresource === 'exec') await exec('echo', 'a');
    else await http.send(member, `/api/v1/${subresource}`);
    return hook.asked.find(({ path }) => path === '/look')?.request;
  }

  it('shows webhooks the options', async () => {
    const request = () => asked('exec');
    await expect.poll(request, { timeout: 10_000 }).toMatchObject({
      operation: 'CONNECT',
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: { resource: 'pods' },
      subResource: 'exec',
      name: 'web',
      namespace: 'default',
      oldObject: null,
      options: null,
    });
    expect(hook.asked.map(({ request: { object } }) => object)).toEqual([
      {
        kind: 'PodExecOptions',
        apiVersion: 'v1',
        stdout: true,
        stderr: true,
        container: 'main',
        command: ['echo', 'a'],
      },
    ]);
  });

  it.each([
    ['namespaces/default/services/web:80/proxy/a/b?c=d', 'ServiceProxyOptions', '/a/b'],
    ['namespaces/default/pods/web/proxy/', 'PodProxyOptions', '/'],
    [`nodes/test-node-0/proxy/healthz`, 'NodeProxyOptions', '/healthz'],
  ])('shows webhooks the path of %s', async (path, kind, shown) => {
    expect(await asked(path)).toMatchObject({ kind: { kind }, subResource: 'proxy', object: { kind, path: shown } });
  });

  it('does not ask about what is only read', async () => {
    expect(await asked('namespaces/default/pods/web/log')).toBeUndefined();
  });

  it('is refused before anything is done', async () => {
    await deny('no-shells', 'pods/exec', "!('sh' in object.command) && request.operation == 'CONNECT'");
    await expect
      .poll(async () => (await exec('sh', '-c', 'true')).stderr)
      .toContain(`ValidatingAdmissionPolicy 'no-shells' with binding 'no-shells' denied request: no-shells`);
    expect((await exec('echo', 'fine')).stdout).toBe('fine\n');
    await deny('no-proxies', 'services/proxy', "object.path != '/secret'");
    const path = '/api/v1/namespaces/default/services/web/proxy/secret';
    await expect.poll(async () => (await http.send(member, path)).status).toBe(422);
  });

  it('does what webhooks make of it', async () => {
    await client.create(mutatingWebhookConfigurations, {
      metadata: { name: 'change' },
      webhooks: [webhook('/change', { rules: rules('pods/exec') })],
    });
    await expect.poll(async () => (await exec('echo', 'a')).stdout).toBe('changed\n');
  });
});
