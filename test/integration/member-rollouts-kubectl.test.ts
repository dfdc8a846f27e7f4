import { Resolver } from 'node:dns/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';

describe.skipIf(!hasKubectl())('rollouts of DaemonSets and StatefulSets, judged by kubectl', async () => {
  const member = await startKubectlMember();
  const kubectl = await kubectlFor(member);

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
  });

  const manifest = (kind: string, name: string, spec: object = {}) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, annotations: { 'kubernetes.io/change-cause': 'the first' } },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
        ...spec,
      },
    });

  const imagesOf = (name: string) =>
    kubectl.out(`get pods -l app=${name} -o jsonpath={.items[*].spec.containers[0].image}`);

  it.each([
    ['daemonset', 'DaemonSet', 'agent', {}, /daemon set "agent" successfully rolled out/],
    [
      'statefulset',
      'StatefulSet',
      'db',
      { replicas: 2, serviceName: 'db' },
      /(rolling update complete 2 pods|partitioned roll out complete)/,
    ],
  ])('%s', async (resource, kind, name, spec, rolledOut) => {
    const target = `${resource}/${name}`;
    await kubectl.out('apply -f -', manifest(kind, name, spec));
    expect(await kubectl.out(`rollout status ${target} --timeout=15s`)).toMatch(rolledOut);
    await kubectl.out(`set image ${target} c=i:2`);
    await kubectl.out(`annotate ${target} kubernetes.io/change-cause=second --overwrite`);
    expect(await kubectl.out(`rollout status ${target} --timeout=15s`)).toMatch(rolledOut);
    expect(await imagesOf(name)).toBe('i:2 i:2');
    expect(await kubectl.out(`rollout history ${target}`)).toMatch(/REVISION +CHANGE-CAUSE\n1 +the first\n2 +/);
    expect(await kubectl.out(`rollout history ${target} --revision=1`)).toMatch(/Image:\s+i:1/);
    expect(await kubectl.out(`rollout undo ${target}`)).toMatch(/rolled back/);
    expect(await kubectl.out(`rollout status ${target} --timeout=15s`)).toMatch(rolledOut);
    expect(await imagesOf(name)).toBe('i:1 i:1');
    await kubectl.out(`rollout restart ${target}`);
    expect(await kubectl.out(`rollout status ${target} --timeout=15s`)).toMatch(rolledOut);
    expect(await kubectl.out(`rollout history ${target}`)).toMatch(/\n2 [^\n]*\n3 [^\n]*\n4 /);
  });

  it('scales a StatefulSet and a ReplicationController, and waits for them', async () => {
    await kubectl.out('apply -f -', manifest('StatefulSet', 'scaled', { replicas: 1, serviceName: 'scaled' }));
    await kubectl.out('scale statefulset/scaled --replicas=3');
    await kubectl.out('wait statefulset/scaled --for=jsonpath={.status.availableReplicas}=3 --timeout=15s');
    const controller = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'plain' },
      spec: {
        replicas: 1,
        template: { metadata: { labels: { app: 'plain' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    };
    await kubectl.out('create -f -', JSON.stringify(controller));
    await kubectl.out('scale rc/plain --replicas=2 --timeout=15s');
    await kubectl.out('wait rc/plain --for=jsonpath={.status.readyReplicas}=2 --timeout=15s');
    await kubectl.out('delete rc/plain statefulset/scaled --timeout=15s');
    await kubectl.out('wait pods -l app=plain --for=delete --timeout=15s');
  });

  it('gives the pod that comes again the files of the one that went', async () => {
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const containers = [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
    const template = { metadata: { labels: { app: 'files' } }, spec: { containers } };
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim }];
    await kubectl.out('apply -f -', manifest('StatefulSet', 'files', { replicas: 1, template, volumeClaimTemplates }));
    await kubectl.out('rollout status statefulset/files --timeout=15s');
    await kubectl.run(['exec', 'files-0', '--', 'sh', '-c', 'echo kept > /data/a']);
    await kubectl.out('delete pod files-0');
    await kubectl.out('rollout status statefulset/files --timeout=15s');
    expect(await kubectl.out('exec files-0 -- cat /data/a')).toBe('kept\n');
    expect(await kubectl.out('get pvc data-files-0')).toMatch(/data-files-0 +Bound +pvc-\S+ +1Gi +RWO +standard/);
    await kubectl.out('delete statefulset/files pvc/data-files-0 --timeout=15s');
    await kubectl.out('wait pv --all --for=delete --timeout=15s');
  });

  it('finds the pods of a StatefulSet by their names', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'peers' } };
    const spec = { clusterIP: 'None', selector: { app: 'named' }, ports: [{ name: 'tcp', port: 80 }] };
    await kubectl.out('create -f -', JSON.stringify({ ...service, spec }));
    await kubectl.out('apply -f -', manifest('StatefulSet', 'named', { replicas: 2, serviceName: 'peers' }));
    await kubectl.out('rollout status statefulset/named --timeout=15s');
    const [address = ''] = (await kubectl.out('get svc kube-dns -n kube-system -o jsonpath={.spec.clusterIP}')).split(
      '\n',
    );
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    // Where the user may not open port 53, it is 10,000 higher.
    resolver.setServers([`${address}:53`, `${address}:10053`]);
    const podIp = await kubectl.out('get pod named-1 -o jsonpath={.status.podIP}');
    await expect
      .poll(() => resolver.resolve4('named-1.peers.default.svc.cluster.local').catch(() => []), { timeout: 5000 })
      .toEqual([podIp]);
    const targets = (await resolver.resolveSrv('_tcp._tcp.peers.default.svc.cluster.local')).map(({ name }) => name);
    expect(targets.sort()).toEqual([0, 1].map((ordinal) => `named-${ordinal}.peers.default.svc.cluster.local`));
  });
});
