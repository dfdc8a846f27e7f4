import { expect, it } from 'vitest';
import {
  configMaps,
  endpoints,
  services,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';
import { startWebhookServer } from '../harness/webhook-server.ts';

const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }];

it('asks policies, and webhooks behind Services of the cluster', async () => {
  await using hook = await startWebhookServer({
    hosts: ['hook.default.svc'],
    answers: { '/': ({ name = '' }) => ({ allowed: !name.startsWith('hooked') }) },
  });
  await using member = await startTestMember({ nodes: 0 });
  const { client } = member;
  const create = (name: string) =>
    client
      .create(configMaps, { metadata: { namespace: 'default', name } }, { dryRun: true })
      .then(() => 'created', String);

  await client.create(services, {
    metadata: { namespace: 'default', name: 'hook' },
    spec: { ports: [{ name: 'https', port: 443, targetPort: hook.port }] },
  });
  await client.create(endpoints, {
    metadata: { namespace: 'default', name: 'hook' },
    subsets: [{ addresses: [{ ip: hook.host }], ports: [{ name: 'https', port: hook.port }] }],
  });
  await client.create(validatingWebhookConfigurations, {
    metadata: { name: 'hook' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { service: { namespace: 'default', name: 'hook' }, caBundle: hook.caBundle },
        rules,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  await client.create(validatingAdmissionPolicies, {
    metadata: { name: 'names' },
    spec: {
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: "!object.metadata.name.startsWith('bad')", message: 'bad name' }],
    },
  });
  await client.create(validatingAdmissionPolicyBindings, {
    metadata: { name: 'names' },
    spec: { policyName: 'names', validationActions: ['Deny'] },
  });

  await expect
    .poll(() => create('bad'))
    .toContain("ValidatingAdmissionPolicy 'names' with binding 'names' denied request");
  await expect
    .poll(() => create('hooked'))
    .toContain('admission webhook "hook.example.com" denied the request without explanation');
  expect(await create('good')).toBe('created');
  await expect
    .poll(() => client.get(validatingAdmissionPolicies, { name: 'names' }))
    .toMatchObject({ status: { typeChecking: {}, observedGeneration: 1 } });
});
