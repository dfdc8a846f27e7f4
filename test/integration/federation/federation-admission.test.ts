import { expect, it } from 'vitest';
import { startFederation } from '../../../federation/control-plane/index.ts';
import {
  configMaps,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser } from '../../harness/api-server.ts';

const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }];

it('asks policies, and says that it has no way to Services', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  const admin = federation.client(adminUser);
  const create = (name: string) =>
    admin
      .create(configMaps, { metadata: { namespace: 'default', name } }, { dryRun: true })
      .then(() => 'created', String);

  await admin.create(validatingAdmissionPolicies, {
    metadata: { name: 'names' },
    spec: {
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: "object.metadata.name != 'bad'" }],
    },
  });
  await admin.create(validatingAdmissionPolicyBindings, {
    metadata: { name: 'names' },
    spec: { policyName: 'names', validationActions: ['Deny'] },
  });
  await expect
    .poll(() => create('bad'))
    .toContain("ValidatingAdmissionPolicy 'names' with binding 'names' denied request");
  expect(await create('good')).toBe('created');

  await admin.create(validatingWebhookConfigurations, {
    metadata: { name: 'hook' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { service: { namespace: 'default', name: 'hook' } },
        rules,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  await expect
    .poll(() => create('good'))
    .toContain('service "default/hook" cannot be reached from here: use clientConfig.url');
});

it('goes without the plugins that are switched off', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  const options = { name: 'fed', dnsDomain: 'example.com', storage };
  await using federation = await startFederation({
    ...options,
    admissionPlugins: { disable: ['NamespaceLifecycle'] },
  });
  const admin = federation.client(adminUser);
  await admin.create(configMaps, { metadata: { namespace: 'nowhere', name: 'a' } });
  await expect(startFederation({ ...options, admissionPlugins: { enable: ['Priority'] } })).rejects.toThrow(
    'enable-admission-plugins plugin "Priority" is not supported',
  );
});

it.each([
  ['federation.alpha.kubernetes.io/cluster-selector', '{}', 'a cluster selector must be a list of requirements'],
  ['federation.kubernetes.io/deployment-preferences', '{"clusters":[]}', 'clusters must be an object'],
  ['federation.kubernetes.io/replica-set-preferences', '{', 'JSON'],
  ['federation.koinon.dev/adopt', 'yes', 'must be true or false'],
  ['federation.koinon.dev/drift', 'ignore', 'must be enforce, report or pause'],
  ['federation.koinon.dev/dns-ttl', '0', 'must be whole seconds'],
  ['federation.koinon.dev/unjudged-clusters', 'ever', 'is neither keep nor a time'],
])('refuses %s: %s', async (annotation, text, problem) => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  const admin = federation.client(adminUser);
  const create = admin.create(configMaps, {
    metadata: { namespace: 'default', name: 'settings', annotations: { [annotation]: text } },
  });
  await expect(create).rejects.toMatchObject({ code: 422 });
  await expect(create).rejects.toThrow(`metadata.annotations[${annotation}]: Invalid value: `);
  await expect(create).rejects.toThrow(problem);
});
