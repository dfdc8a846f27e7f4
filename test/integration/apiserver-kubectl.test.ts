import { describe, expect, it } from 'vitest';
import {
  configMaps,
  deployments,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
} from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';

const resources = [
  configMaps,
  deployments,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
];

const web = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.11", ports: [{containerPort: 80}]}]
`;

const start = () => startTestApiServer({ listen: true, resources });

/** Cells of kubectl's output, a list a line. */
const cells = (output: string) =>
  output
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));

describe.skipIf(!hasKubectl())('judged by kubectl', () => {
  it('creates, applies, compares and replaces manifests', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    expect(await kubectl.out('create -f -', web(2))).toBe('deployment.apps/web created\n');
    const again = await kubectl.run(['create', '-f', '-'], web(2));
    expect(again.stderr).toContain('Error from server (AlreadyExists)');
    expect(again.stderr).toContain('deployments.apps "web" already exists');

    await kubectl.out('apply -f -', web(2));
    expect(await kubectl.out('apply -f -', web(2))).toBe('deployment.apps/web unchanged\n');
    expect(await kubectl.out('apply -f -', web(3))).toBe('deployment.apps/web configured\n');
    expect((await kubectl.run(['diff', '-f', '-'], web(3))).code).toBe(0);
    expect((await kubectl.run(['diff', '-f', '-'], web(4))).stdout).toContain('+  replicas: 4');
    expect(await kubectl.out('replace -f -', web(4))).toBe('deployment.apps/web replaced\n');
    expect(await kubectl.out('get deploy web -o jsonpath={.spec.replicas}')).toBe('4');
  });

  it('sends what its generators make, in protobuf', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('create namespace mine');
    await kubectl.out('create configmap settings -n mine --from-literal=a=b');
    await kubectl.out('create secret generic keys -n mine --from-literal=k=v');
    await kubectl.out('create deployment web -n mine --image=nginx --replicas=2 --port=80');
    await kubectl.out('create serviceaccount robot -n mine');
    expect(await api.admin.get(deployments, { namespace: 'mine', name: 'web' })).toMatchObject({
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'nginx', ports: [{ containerPort: 80 }] }] } } },
    });
    expect(await api.admin.get(secrets, { namespace: 'mine', name: 'keys' })).toMatchObject({ data: { k: 'dg==' } });
  });

  it('shows tables, in brief and wide, and describes', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('create -f -', web(2));
    expect(cells(await kubectl.out('get deployments'))[0]).toEqual(['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']);
    const wide = cells(await kubectl.out('get deploy -o wide'));
    expect(wide[1]?.slice(-3)).toEqual(['nginx', 'nginx:1.11', 'app=web']);
    expect(await kubectl.out('get deploy -l tier=front -o name')).toBe('deployment.apps/web\n');
    expect(cells(await kubectl.out('get namespaces'))[1]?.slice(0, 2)).toEqual(['default', 'Active']);
    expect(await kubectl.out('get all')).toContain('deployment.apps/web');
    const described = await kubectl.out('describe deployment web');
    expect(described).toMatch(/Replicas: +2 desired/);
    expect(await kubectl.out('get deploy --sort-by=.metadata.name --chunk-size=1')).toContain('web');
  });

  it('patches, labels, scales and rolls', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('create -f -', web(1));
    await kubectl.out('scale deployment web --current-replicas=1 --replicas=5');
    await kubectl.out('label deployment web a=b tier-');
    await kubectl.out('annotate deployment web note=this');
    await kubectl.out('set image deployment/web nginx=nginx:1.12');
    await kubectl.out('patch deployment web -p {"spec":{"minReadySeconds":3}}');
    await kubectl.out('patch deployment web --type=json -p [{"op":"add","path":"/spec/paused","value":true}]');
    await kubectl.out('patch deployment web --type=merge -p {"spec":{"paused":null}}');
    const patched = await api.admin.get(deployments, { namespace: 'default', name: 'web' });
    expect(patched).toMatchObject({
      metadata: { labels: { a: 'b' }, annotations: { note: 'this' } },
      spec: { replicas: 5, minReadySeconds: 3, template: { spec: { containers: [{ image: 'nginx:1.12' }] } } },
    });
    expect(patched.spec).not.toHaveProperty('paused');
    expect(await kubectl.out('get deployment web --subresource=scale -o jsonpath={.spec.replicas}')).toBe('5');
  });

  it('waits for what is to come and for what is to go', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('run one --image=nginx');
    const watches = async () =>
      /longrunning_requests\{verb="WATCH".*"pods"\} (\d)/.exec(await api.admin.raw('/metrics'))?.[1];
    const ready = kubectl.out('wait pod/one --for=condition=Ready --timeout=15s');
    await expect.poll(watches).toBe('1');
    const one = await api.admin.get(pods, { namespace: 'default', name: 'one' });
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    await api.admin.updateStatus(pods, { ...one, status: { ...one.status, phase: 'Running', conditions } });
    expect(await ready).toBe('pod/one condition met\n');
    await expect.poll(watches).toBe('0');
    const gone = kubectl.out('wait pod/one --for=delete --timeout=15s');
    await expect.poll(watches).toBe('1');
    expect(await kubectl.out('delete pod one')).toBe('pod "one" deleted\n');
    expect(await gone).toBe('pod/one condition met\n');
  });

  it('is told what is wrong', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    const typo = await kubectl.run(['create', '-f', '-'], web(1).replace('replicas', 'replica'));
    expect(typo.stderr).toContain('strict decoding error: unknown field "spec.replica"');
    const missing = await kubectl.run(['get', 'pod', 'none']);
    expect(missing.stderr).toBe('Error from server (NotFound): pods "none" not found\n');
    const kept = await kubectl.run(['delete', 'namespace', 'default']);
    expect(kept.stderr).toContain('Error from server (Forbidden): namespaces "default" is forbidden');
    const invalid = await kubectl.run(
      ['create', '-f', '-'],
      web(1).replace('app: web}}\n    spec', 'app: x}}\n    spec'),
    );
    expect(invalid.stderr).toContain('The Deployment "web" is invalid');

    await kubectl.out('create -f -', web(1));
    const patch = ['patch', 'deployment', 'web', '-p', '{"spec":{"replicas":"x"}}'];
    expect((await kubectl.run(patch)).stderr).toContain('The request is invalid: patch: Invalid value');
    const cells = (await kubectl.out('get deployment web --subresource=scale')).split('\n')[0]?.split(/\s+/);
    expect(cells).toEqual(['NAME', 'DESIRED', 'AVAILABLE', 'AGE']);
  });

  it('is told what is not there to be used', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('run one --image=i');
    const exec = await kubectl.run(['exec', 'one', '--', 'ls']);
    expect(exec.stderr).toContain('pods/exec is not served');
    const job = await kubectl.run(['create', 'job', 'a', '--image=i']);
    expect(job.stderr).toContain('could not find the requested resource (post jobs.batch)');
    expect((await kubectl.run(['top', 'nodes'])).stderr).toContain('Metrics API not available');
  });

  it('finds its way: resources, versions, explanations', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    expect(await kubectl.out('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
    expect(await kubectl.out('api-resources --api-group=apps -o name')).toBe('deployments.apps\nreplicasets.apps\n');
    expect(await kubectl.out('api-versions')).toBe('apps/v1\nv1\n');
    expect(await kubectl.out('version')).toContain('Server Version: v1.36.0+koinon');
    expect(await kubectl.out('get --raw /readyz')).toBe('ok');
  });
});
