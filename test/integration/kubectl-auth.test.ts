import { afterAll, describe, expect, it } from 'vitest';
import { clusterRoles } from '../../src/apis/index.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';

describe.skipIf(!hasKubectl())('kubectl auth', async () => {
  const member = await startKubectlMember();
  const kubectl = await kubectlFor(member);
  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
  });

  it('says who asks and what he may do', async () => {
    const me = await kubectl.out('auth whoami');
    expect(me).toMatch(/Username\s+kubernetes-admin/);
    expect(me).toMatch(/Groups\s+\[system:masters system:authenticated\]/);
    await kubectl.out('create rolebinding ann --clusterrole=view --user=ann');
    const list = () => kubectl.out('auth can-i --list --as=ann');
    await expect.poll(list).toMatch(/configmaps\s+\[\]\s+\[\]\s+\[get list watch\]/);
    expect(await list()).toMatch(/\[\/version\]\s+\[\]\s+\[get\]/);
    const refused = await kubectl.run(['auth', 'can-i', 'delete', 'pods', '--as=ann']);
    expect([refused.code, refused.stdout]).toEqual([1, 'no\n']);
  });

  it('reconciles a role: what lacks is added, what is there stays', async () => {
    const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
    const metadata = { name: 'reader' };
    await member.cluster.client.create(clusterRoles, { metadata, rules: [rule('pods')] });
    const wanted = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata,
      rules: [rule('services')],
    };
    const answer = await kubectl.out('auth reconcile -f -', JSON.stringify(wanted));
    expect(answer).toContain('clusterrole.rbac.authorization.k8s.io/reader reconciled');
    const { rules } = await member.cluster.client.get(clusterRoles, metadata);
    expect(rules).toEqual([rule('pods'), rule('services')]);
  });
});
