import { expect, it } from 'vitest';
import { forEachFederatedType } from '../../../federation/sync/index.ts';
import { isConditionTrue, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import {
  clusterRoles,
  configMaps,
  customResourceDefinitions,
  deployments,
  jobs,
  namespaces,
  networkPolicies,
  roles,
  services,
  type Job,
} from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import { crontab, crontabDefinition, crontabs } from '../../harness/definitions.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const two = { names: ['gce-asia-east1', 'gce-us-east1'] };
const propagate = { 'federation.koinon.dev/propagate': 'true' };
const selector = { matchLabels: { app: 'web' } };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
const once = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const role = { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' };

/** One object of each kind, but for what its name and namespace are. */
const examples: Readonly<Record<string, Record<string, unknown>>> = {
  Namespace: {},
  ConfigMap: { data: { a: '1' } },
  Secret: { data: { a: 'MQ==' } },
  ServiceAccount: {},
  Role: { rules: [] },
  RoleBinding: { roleRef: role, subjects: [{ kind: 'User', name: 'eve', apiGroup: 'rbac.authorization.k8s.io' }] },
  ClusterRole: { rules: [] },
  ClusterRoleBinding: { roleRef: role },
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '1000m' } }] } },
  ResourceQuota: { spec: { hard: { pods: '10' } } },
  NetworkPolicy: { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  Service: { spec: { ports: [{ port: 80 }], selector: { app: 'web' } } },
  Deployment: { spec: { replicas: 2, selector, template } },
  ReplicaSet: { spec: { replicas: 2, selector, template } },
  StatefulSet: { spec: { replicas: 2, selector, serviceName: 'web', template } },
  DaemonSet: { spec: { selector, template } },
  Job: { spec: { parallelism: 2, completions: 2, template: once } },
  CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once } } } },
  HorizontalPodAutoscaler: {
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } },
  },
  PodDisruptionBudget: { spec: { maxUnavailable: 1, selector } },
  Ingress: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
};

interface Example {
  readonly resource: Resource;
  readonly object: NewObject<KubeObject>;
}

function everyKind(): readonly Example[] {
  const found: Example[] = [];
  forEachFederatedType(({ resource }) => {
    if (resource.kind === 'CustomResourceDefinition') return;
    const payload = examples[resource.kind];
    if (payload === undefined) throw new Error(`no example of ${resource.kind}`);
    const metadata = { name: 'web', annotations: propagate, ...(resource.namespaced ? { namespace: 'shop' } : {}) };
    found.push({ resource, object: { ...payload, metadata } });
  });
  return found;
}

async function copy(client: Client, resource: Resource, name = 'web'): Promise<KubeObject | undefined> {
  const { items } = await client.list(resource);
  return items.find(({ metadata }) => metadata.name === name);
}

async function everywhere(fleet: TestFederation, resource: Resource, check: (copy: KubeObject | undefined) => void) {
  for (const { admin } of fleet.members) {
    await expect
      .poll(async () => copy(admin, resource), soon)
      .toSatisfy((found?: KubeObject) => {
        check(found);
        return true;
      });
  }
}

async function filled(remote = false): Promise<TestFederation> {
  const fleet = await startTestFederation({ ...two, remote });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  for (const { resource, object } of everyKind()) await fleet.admin.create(resource, object);
  for (const { resource } of everyKind()) {
    await everywhere(fleet, resource, (found) => {
      expect(found).toBeDefined();
    });
  }
  return fleet;
}

it('copies every kind of its table, changes what has changed, and takes away what is deleted', async () => {
  await using fleet = await filled();
  for (const { resource } of everyKind()) {
    const key = resource.namespaced ? { namespace: 'shop', name: 'web' } : { name: 'web' };
    await fleet.admin.patch(resource, key, { type: 'merge', patch: { metadata: { labels: { tier: 'gold' } } } });
    await everywhere(fleet, resource, (found) => {
      expect(found?.metadata.labels).toMatchObject({ tier: 'gold' });
    });
  }
  const kinds = everyKind().filter(({ resource }) => resource.kind !== 'Namespace');
  for (const { resource, object } of kinds) {
    const { namespace } = object.metadata;
    const key = { name: 'web', ...(namespace === undefined ? {} : { namespace }) };
    await fleet.admin.delete(resource, key, { propagationPolicy: 'Background' });
  }
  for (const { resource } of kinds) {
    // Who would let a claim go does not run in these members.
    if (resource.kind === 'PersistentVolumeClaim') continue;
    await everywhere(fleet, resource, (found) => {
      expect(found).toBeUndefined();
    });
    await expect.poll(() => copy(fleet.admin, resource), soon).toBeUndefined();
  }
});

it('writes nothing in members that are right when it is started again', async () => {
  await using fleet = await filled();
  const versions = async () =>
    Promise.all(
      fleet.members.flatMap(({ admin }) =>
        everyKind().map(async ({ resource }) => (await copy(admin, resource))?.metadata.resourceVersion),
      ),
    );
  const before = await versions();
  const marks = fleet.members.map(({ line }) => line.writes.length);
  await fleet.restart();
  await fleet.admin.create(configMaps, { metadata: { name: 'last', namespace: 'shop' } });
  for (const { admin } of fleet.members) await expect.poll(() => copy(admin, configMaps, 'last'), soon).toBeDefined();
  // Whatever came before it in the queues has been looked at; kinds that go later have had no more to wait for.
  await fleet.admin.patch(
    services,
    { namespace: 'shop', name: 'web' },
    { type: 'merge', patch: { metadata: { labels: { a: 'b' } } } },
  );
  await everywhere(fleet, services, (found) => {
    expect(found?.metadata.labels).toMatchObject({ a: 'b' });
  });
  for (const [index, { line }] of fleet.members.entries()) {
    const writes = line.writes.slice(marks[index]);
    expect(writes.filter((write) => write !== 'create configmaps' && !write.endsWith('services'))).toEqual([]);
  }
  const after = await versions();
  const moved = after.filter((version, index) => version !== before[index]);
  expect(moved).toHaveLength(fleet.members.length);
});

it('leaves fields alone that others own, and takes away only what was its own', async () => {
  await using fleet = await startTestFederation({ names: ['gce-asia-east1'], remote: true });
  const [{ line }] = fleet.members as [(typeof fleet.members)[0]];
  const { client } = line;
  const key = { namespace: 'shop', name: 'web' };
  const withPorts = (ports: readonly number[]) => ({
    replicas: 2,
    selector,
    template: {
      ...template,
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx',
            ports: ports.map((containerPort) => ({ containerPort, name: `p${containerPort}` })),
          },
        ],
      },
    },
  });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(deployments, { metadata: key, spec: withPorts([80, 81]) });
  await expect.poll(() => copy(client, deployments), soon).toBeDefined();
  const theirs = { spec: { minReadySeconds: 3, template: { metadata: { annotations: { by: 'them' } } } } };
  await client.patch(deployments, key, { type: 'merge', patch: theirs }, { fieldManager: 'them' });

  const ports = async () => {
    const { spec } = await client.get(deployments, key);
    return spec?.template.spec?.containers.flatMap((container) => container.ports?.map((port) => port.containerPort));
  };
  for (const wanted of [[80], [80, 82], [82]]) {
    await fleet.admin.patch(deployments, key, { type: 'merge', patch: { spec: withPorts(wanted) } });
    await expect.poll(ports, soon).toEqual(wanted);
  }
  const { spec, metadata } = await client.get(deployments, key);
  expect(spec).toMatchObject(theirs.spec);
  expect(metadata.managedFields?.map(({ manager, operation }) => `${manager ?? ''} ${operation ?? ''}`).sort()).toEqual(
    ['koinon-myfederation Apply', 'them Update'],
  );
  expect(line.writes).not.toContain('update deployments');
  expect(line.writes.filter((write) => write === 'json deployments')).toHaveLength(1);
});

it('writes whole objects where a member does not know what applying is', async () => {
  await using fleet = await filled(true);
  const [{ admin, line }] = fleet.members as [(typeof fleet.members)[0]];
  line.withoutApply();
  const key = { namespace: 'shop', name: 'web' };
  for (const type of ['ClusterIP', 'NodePort'] as const) {
    await fleet.admin.patch(services, key, { type: 'merge', patch: { spec: { type } } });
    await expect.poll(async () => (await admin.get(services, key)).spec?.type, soon).toBe(type);
  }
  expect(line.writes).toContain('update services');
});

it('sends roles to members on demand only, and takes them back', async () => {
  await using fleet = await startTestFederation(two);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const key = { namespace: 'shop', name: 'web' };
  const here = { metadata: { name: 'here', namespace: 'shop' }, rules: [] };
  await fleet.admin.create(roles, here);
  await fleet.admin.create(roles, { metadata: { ...key, annotations: propagate }, rules: [] });
  for (const { admin } of fleet.members) {
    await expect.poll(() => copy(admin, roles), soon).toBeDefined();
    expect((await admin.list(clusterRoles)).items).toEqual([]);
    expect(await copy(admin, roles, 'here')).toBeUndefined();
  }
  const patch = { metadata: { annotations: { 'federation.koinon.dev/propagate': null } } };
  await fleet.admin.patch(roles, key, { type: 'merge', patch });
  await everywhere(fleet, roles, (found) => {
    expect(found).toBeUndefined();
  });
  await expect.poll(async () => (await fleet.admin.get(roles, key)).metadata.finalizers ?? [], soon).toEqual([]);
});

it('lets each member tell the pods of its Jobs by itself', async () => {
  await using fleet = await filled();
  const ours = await fleet.admin.get(jobs, { namespace: 'shop', name: 'web' });
  for (const { admin } of fleet.members) {
    const theirs: Job = await admin.get(jobs, { namespace: 'shop', name: 'web' });
    expect(theirs.spec?.selector?.matchLabels).toEqual({ 'batch.kubernetes.io/controller-uid': theirs.metadata.uid });
    expect(theirs.metadata.uid).not.toBe(ours.metadata.uid);
  }
});

it('copies definitions first, and custom resources as soon as they are served', async () => {
  await using fleet = await startTestFederation(two);
  await fleet.admin.create(namespaces, { metadata: { name: 'team' } });
  await fleet.admin.create(customResourceDefinitions, crontabDefinition());
  await expect
    .poll(async () => {
      const definition = await copy(fleet.admin, customResourceDefinitions, 'crontabs.stable.example.com');
      const { status } = definition as { status?: { conditions?: [] } };
      return isConditionTrue(status?.conditions, 'Established');
    }, soon)
    .toBe(true);
  await fleet.admin.create<KubeObject>(crontabs, { ...crontab('a'), metadata: { name: 'a', namespace: 'team' } });
  for (const { admin } of fleet.members) {
    await expect
      .poll(() => admin.get(crontabs, { namespace: 'team', name: 'a' }).catch(() => undefined), soon)
      .toMatchObject({ metadata: { labels: { 'federation.koinon.dev/managed-by': 'myfederation' } } });
  }
  await fleet.restart();
  const key = { namespace: 'team', name: 'a' };
  await fleet.admin.patch(crontabs, key, { type: 'merge', patch: { spec: { replicas: 7 } } });
  for (const { admin } of fleet.members) {
    await expect.poll(() => admin.get(crontabs, key), soon).toMatchObject({ spec: { replicas: 7 } });
  }
  await fleet.admin.delete(crontabs, key, { propagationPolicy: 'Background' });
  for (const { admin } of fleet.members) {
    await expect.poll(async () => (await admin.list(crontabs)).items, soon).toEqual([]);
  }
  await fleet.admin.delete(
    customResourceDefinitions,
    { name: 'crontabs.stable.example.com' },
    { propagationPolicy: 'Background' },
  );
  for (const { admin } of fleet.members) {
    await expect.poll(async () => (await admin.list(customResourceDefinitions)).items, soon).toEqual([]);
  }
});

it('leaves a definition in a member where others use it', async () => {
  await using fleet = await startTestFederation(two);
  await fleet.admin.create(customResourceDefinitions, crontabDefinition());
  const name = 'crontabs.stable.example.com';
  for (const { admin } of fleet.members) {
    await admin.create(namespaces, { metadata: { name: 'theirs' } });
    await expect.poll(() => copy(admin, customResourceDefinitions, name), soon).toBeDefined();
  }
  const [{ admin }, other] = fleet.members as [(typeof fleet.members)[0], (typeof fleet.members)[0]];
  const theirs: NewObject<KubeObject> = { ...crontab('mine'), metadata: { name: 'mine', namespace: 'theirs' } };
  const create = () =>
    admin.create(crontabs, theirs).then(
      () => true,
      () => false,
    );
  await expect.poll(create, soon).toBe(true);
  await fleet.admin.delete(customResourceDefinitions, { name }, { propagationPolicy: 'Background' });
  await expect.poll(() => copy(fleet.admin, customResourceDefinitions, name), soon).toBeUndefined();
  expect(await copy(other.admin, customResourceDefinitions, name)).toBeUndefined();
  const left = await copy(admin, customResourceDefinitions, name);
  expect(left?.metadata.labels).not.toHaveProperty('federation.koinon.dev/managed-by');
  expect((await admin.list(crontabs)).items).toHaveLength(1);
});

it('asks members only for kinds that there are', async () => {
  await using fleet = await startTestFederation(two);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  for (const { admin } of fleet.members) await expect.poll(() => copy(admin, namespaces, 'shop'), soon).toBeDefined();
  const [{ line }] = fleet.members as [(typeof fleet.members)[0]];
  expect(line.watched).not.toContain(networkPolicies.plural);
  const policy = { metadata: { name: 'web', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
  await fleet.admin.create(networkPolicies, policy);
  await expect.poll(() => line.watched, soon).toContain(networkPolicies.plural);
});
