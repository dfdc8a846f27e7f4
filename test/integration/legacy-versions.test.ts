import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clusterRoleBindings,
  clusterRoles,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  horizontalPodAutoscalers,
  ingresses,
  legacyResources,
  namespaces,
  networkPolicies,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  roleBindings,
  services,
  statefulSets,
} from '../../src/apis/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { kubectlVersions } from '../harness/kubectl-versions.ts';
import { kubectlFor, type Kubectl } from '../harness/kubectl.ts';

/** From 1.25 on; before, kubectl looks for unknown fields itself. */
const CHECKED_BY_SERVER = 25;
const MANIFEST = 'examples/legacy/guestbook-2016.yaml';
const stored = [
  ...[namespaces, pods, services, replicationControllers],
  ...[deployments, replicaSets, daemonSets, statefulSets, controllerRevisions, cronJobs],
  ...[horizontalPodAutoscalers, ingresses, networkPolicies, podDisruptionBudgets],
  ...[clusterRoles, roleBindings, clusterRoleBindings],
];
const OBJECTS = [
  'deployment.extensions/frontend',
  'service/frontend',
  'ingress.extensions/frontend',
  'daemonset.extensions/logger',
  'networkpolicy.extensions/frontend',
  'cronjob.batch/hello',
  'statefulset.apps/web',
  'poddisruptionbudget.policy/web',
  'horizontalpodautoscaler.autoscaling/frontend',
  'rolebinding.rbac.authorization.k8s.io/readers',
];
const each = (verb: string) => OBJECTS.map((name) => `${name} ${verb}\n`).join('');

it('what is written in an old version is read in that of today', async () => {
  const views = legacyResources([deployments]);
  await using api = await startTestApiServer({ resources: [namespaces, deployments, ...views] });
  const [view] = views;
  if (view === undefined) throw new TypeError('no old version of Deployment is served');
  const labels = { app: 'a' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const object = { metadata: { name: 'a', namespace: 'default' }, spec: { template } };
  await api.admin.create(view, object);
  expect(await api.admin.get(deployments, { namespace: 'default', name: 'a' })).toMatchObject({
    apiVersion: 'apps/v1',
    spec: { selector: { matchLabels: labels }, revisionHistoryLimit: 2 ** 31 - 1 },
  });
});

describe.each(kubectlVersions())('manifests of 2016, judged by kubectl $version', ({ program, minor }) => {
  let api: TestApiServer;
  let kubectl: Kubectl;

  beforeAll(async () => {
    api = await startTestApiServer({ listen: true, resources: [...stored, ...legacyResources(stored)] });
    kubectl = await kubectlFor(api, { program });
  });

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it('are applied as they are, and change nothing the second time', async () => {
    const { stdout, stderr } = await kubectl.run(['apply', '-f', MANIFEST]);
    expect(stdout).toBe(each('created'));
    expect(stderr).toContain(
      'Warning: extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment',
    );
    expect(await kubectl.out(`apply -f ${MANIFEST}`)).toBe(each('unchanged'));
  });

  it('are shown in their own version, and in that of today to whoever names none', async () => {
    expect(await kubectl.out('get deployments.v1beta1.extensions -o name')).toBe('deployment.extensions/frontend\n');
    const { stdout, stderr } = await kubectl.run(['get', 'deploy,ing,all', '-o', 'name']);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['deployment.apps/frontend', 'ingress.networking.k8s.io/frontend']),
    );
    expect(stdout).not.toContain('extensions');
    expect(stderr).toBe('');
    expect(await kubectl.out('get ingresses.v1beta1.extensions frontend --no-headers')).toMatch(
      /^frontend +<none> +guestbook\.example\.com +80 /,
    );
  });

  it('follow what is done in either version', async () => {
    await kubectl.out('scale deployments.v1beta1.extensions frontend --replicas=5');
    await kubectl.out('set image deployment/frontend php-redis=gb-frontend:v5');
    const path = '{.spec.replicas}/{.spec.template.spec.containers[0].image}/{.apiVersion}';
    expect(await kubectl.out(`get deployments.v1beta1.apps frontend -o jsonpath=${path}`)).toBe(
      '5/gb-frontend:v5/apps/v1beta1',
    );
  });

  it('are refused by the rules of what they became', async () => {
    const manifest = { apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'a' }, spec: {} };
    const { stderr } = await kubectl.run(['create', '-f', '-'], JSON.stringify(manifest));
    expect(stderr).toContain('either `defaultBackend` or `rules` must be specified');
    const misspelt = { ...manifest, spec: { backend: { serviceName: 's', servicePort: 80, weight: 1 } } };
    const strict = await kubectl.run(['create', '-f', '-'], JSON.stringify(misspelt));
    expect(strict.stderr).toContain(
      minor < CHECKED_BY_SERVER ? 'unknown field "weight"' : 'unknown field "spec.backend.weight"',
    );
  });

  it('have fields that can be explained', async () => {
    const fields = await kubectl.out('explain deployments.spec --api-version=extensions/v1beta1');
    expect(fields).toContain('rollbackTo');
    expect(fields).not.toMatch(/selector\t<LabelSelector> -required-/);
  });

  it('are applied through `koinon convert` where they are older still', async () => {
    const { stdout } = await promisify(execFile)('bin/koinon.js', [
      'convert',
      '-f',
      'examples/legacy/guestbook-2014.json',
    ]);
    const objects = ['pod/redis-master', 'service/redis-master', 'replicationcontroller/frontend-controller'];
    for (const verb of ['created', 'unchanged']) {
      expect(await kubectl.out('apply -f -', stdout)).toBe(objects.map((name) => `${name} ${verb}\n`).join(''));
    }
  });

  it('are deleted', async () => {
    expect((await kubectl.out(`delete -f ${MANIFEST}`)).trim().split('\n')).toHaveLength(OBJECTS.length);
    expect(await kubectl.out('get deploy,ing,ds,sts -o name')).toBe('');
  });
});
