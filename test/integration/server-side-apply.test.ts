import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { configMaps, deployments, namespaces, nodes } from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';

const resources = [configMaps, deployments, namespaces, nodes];
const start = () => startTestApiServer({ listen: true, resources });

const web = (replicas: number, image = 'nginx') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: ${image}}]}
`;
const config = (data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: ${data}
`;
const APPLY = ['apply', '--server-side', '-f', '-'];

describe.skipIf(!hasKubectl())('server-side apply, judged by kubectl', () => {
  it('creates, changes, and takes away what is not wanted any more', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    expect(await kubectl.out('apply --server-side -f -', config('{x: "1", y: "1"}'))).toBe(
      'configmap/a serverside-applied\n',
    );
    await kubectl.out('patch configmap a --type=merge -p {"data":{"z":"1"}}');
    await kubectl.out('apply --server-side -f -', config('{x: "2"}'));
    expect(await kubectl.out('get configmap a -o jsonpath={.data}')).toBe('{"x":"2","z":"1"}');
    const before = await kubectl.out('get configmap a -o jsonpath={.metadata.resourceVersion}');
    await kubectl.out('apply --server-side -f -', config('{x: "2"}'));
    expect(await kubectl.out('get configmap a -o jsonpath={.metadata.resourceVersion}')).toBe(before);
    const shown = await kubectl.out('get configmap a --show-managed-fields -o yaml');
    expect(shown).toContain('manager: kubectl\n');
    expect(shown).toContain('manager: kubectl-patch\n');
    expect(await kubectl.out('get configmap a -o yaml')).not.toContain('managedFields');
  });

  it('refuses what somebody else owns, until it is forced', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('apply --server-side --field-manager=first -f -', web(1));
    const refused = await kubectl.run([...APPLY, '--field-manager=second'], web(2, 'httpd'));
    expect(refused.stderr).toContain('Apply failed with 2 conflicts: conflicts with "first":');
    expect(refused.stderr).toContain('- .spec.replicas');
    expect(refused.stderr).toContain('- .spec.template.spec.containers[name="web"].image');
    await kubectl.out('apply --server-side --field-manager=second --force-conflicts -f -', web(2, 'httpd'));
    expect(await kubectl.out('get deployment web -o jsonpath={.spec.replicas}')).toBe('2');
    const again = await kubectl.run([...APPLY, '--field-manager=first'], web(1, 'httpd'));
    expect(again.stderr).toContain('Apply failed with 1 conflict: conflict with "second": .spec.replicas');
  });

  it('takes over what was applied by the client', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('apply -f -', config('{x: "1", y: "1"}'));
    const taken = await kubectl.run(APPLY, config('{x: "2"}'));
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    const managers = await kubectl.out('get configmap a -o jsonpath={.metadata.managedFields[*].manager}');
    expect(managers).toBe('kubectl kubectl-last-applied');
    expect(await kubectl.out('get configmap a -o jsonpath={.data}')).toBe('{"x":"2"}');
  });

  it('shows what it would do, and does nothing', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    await kubectl.out('apply --server-side -f -', config('{x: "1"}'));
    const diff = await kubectl.run(['diff', '--server-side', '-f', '-'], config('{x: "2"}'));
    expect(diff.code).toBe(1);
    expect(diff.stdout).toContain('-  x: "1"\n+  x: "2"');
    await kubectl.out('apply --server-side --dry-run=server -f -', config('{x: "3"}'));
    expect(await kubectl.out('get configmap a -o jsonpath={.data.x}')).toBe('1');
  });

  it('owns a status apart from the object', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    const managedFields = async () => {
      // @NOTE kubectl prints the object that it got.
      const object = JSON.parse(await kubectl.out('get deployment web --show-managed-fields -o json')) as KubeObject;
      return object.metadata.managedFields;
    };
    await kubectl.out('apply --server-side -f -', web(1));
    const status = `${web(7)}\nstatus: {replicas: 1}\n`;
    await kubectl.out('apply --server-side --subresource=status --field-manager=reporter -f -', status);
    expect(await kubectl.out('get deployment web -o jsonpath={.spec.replicas}/{.status.replicas}')).toBe('1/1');
    expect(await managedFields()).toMatchObject([
      { manager: 'kubectl', operation: 'Apply' },
      {
        manager: 'reporter',
        operation: 'Apply',
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:replicas': {} } },
      },
    ]);
    await kubectl.out('scale deployment web --replicas=3');
    expect(await managedFields()).toContainEqual(
      expect.objectContaining({ subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }),
    );
  });

  it('says what is wrong with a configuration', async () => {
    await using api = await start();
    await using kubectl = await kubectlFor(api);
    const unknown = await kubectl.run(APPLY, web(1).replace('replicas', 'replica'));
    expect(unknown.stderr).toContain(
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
    );
  });
});
