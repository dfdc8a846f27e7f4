import { afterAll, beforeAll, describe } from 'vitest';
import { kubectlFor, type Kubectl } from '../../harness/kubectl.ts';
import { startKubectlMember, type KubectlMember } from '../../harness/kubectl-member.ts';
import { kubectlVersions, type KubectlVersion } from '../../harness/kubectl-versions.ts';

export interface Judge {
  readonly kubectl: Kubectl;
  readonly member: KubectlMember;
  /** The namespace that the judge works in; it is there, and its pods have an account. */
  readonly namespace: string;
}

/** Tests of every kubectl there is, each in a namespace of its own of one member cluster. */
export function judgedByKubectl(title: string, tests: (version: KubectlVersion, judge: () => Judge) => void): void {
  const versions = kubectlVersions();
  describe.skipIf(versions.length === 0)(title, () => {
    const running: { member?: KubectlMember } = {};
    beforeAll(async () => {
      running.member = await startKubectlMember();
    });
    afterAll(() => running.member?.[Symbol.asyncDispose]());

    describe.each(versions)('kubectl $version', (version) => {
      const given: { judge?: Judge } = {};
      beforeAll(async () => {
        const { member } = running;
        if (member === undefined) throw new TypeError('the member has not started');
        const namespace = `v1-${version.minor}`;
        const kubectl = await kubectlFor(member, { program: version.program, namespace });
        given.judge = { kubectl, member, namespace };
        await kubectl.out(`create namespace ${namespace}`);
      });
      afterAll(() => given.judge?.kubectl[Symbol.asyncDispose]());
      tests(version, () => {
        if (given.judge === undefined) throw new TypeError('the judge has not come');
        return given.judge;
      });
    });
  });
}
