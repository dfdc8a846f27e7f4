import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../../../src/apis/index.ts';
import { detailsText, labelProblems, policyOf, violations, type Level } from './standard.ts';

const found = (level: Level, spec: Partial<PodSpec>, version = 'latest') =>
  detailsText(violations({ level, version }, { metadata: {}, spec: { containers: [{ name: 'c' }], ...spec } }));
const context = (securityContext: object) => ({ containers: [{ name: 'c', securityContext }] });

it('finds all that a plain pod lacks', () => {
  expect(found('restricted', {})).toBe(
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
      'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
  expect(found('baseline', {})).toBe('');
  expect(found('privileged', { hostNetwork: true, ...context({ privileged: true }) })).toBe('');
});

describe('the baseline', () => {
  it.each<[Partial<PodSpec>, string]>([
    [
      { ...context({ privileged: true }), hostNetwork: true, hostPID: true },
      'host namespaces (hostNetwork=true, hostPID=true), ' +
        'privileged (container "c" must not set securityContext.privileged=true)',
    ],
    [
      context({ capabilities: { add: ['NET_ADMIN', 'CHOWN'] } }),
      'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
    [
      {
        containers: [80, 81].map((port) => ({ name: `c${port}`, ports: [{ containerPort: port, hostPort: port }] })),
      },
      'hostPort (containers "c80", "c81" use hostPorts 80, 81)',
    ],
    [
      context({ seccompProfile: { type: 'Unconfined' } }),
      'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } },
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    ],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
  ])('refuses, row %#', (spec, expected) => {
    expect(found('baseline', spec)).toBe(expected);
  });
});

describe('restricted', () => {
  const good = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };

  it('is content with a pod that gives up everything', () => {
    expect(found('restricted', context(good))).toBe('');
  });

  it.each<[Partial<PodSpec>, string]>([
    [context({ ...good, runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [
      { ...context(good), volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    ],
    [
      { ...context({ ...good, runAsNonRoot: false }), securityContext: { runAsNonRoot: true } },
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      context({ ...good, capabilities: { drop: ['ALL'], add: ['CHOWN', 'NET_BIND_SERVICE'] } }),
      'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
  ])('refuses, row %#', (spec, expected) => {
    expect(found('restricted', spec)).toBe(expected);
  });
});

it('follows the version of the standard that is asked for', () => {
  const sysctl = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_fin_timeout', value: '1' }] } };
  expect(found('baseline', sysctl, 'v1.28')).toBe('forbidden sysctls (net.ipv4.tcp_fin_timeout)');
  expect(found('baseline', sysctl, 'v1.29')).toBe('');
  expect(found('restricted', { securityContext: { runAsNonRoot: true } }, 'v1.7')).toBe('');
});

it('reads the labels of a namespace', () => {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'baseline',
    'pod-security.kubernetes.io/enforce-version': 'v1.30',
  };
  const usual = { level: 'baseline', version: 'v1.25' } as const;
  expect(policyOf({ labels }, 'enforce', usual)).toEqual({ level: 'baseline', version: 'v1.30' });
  expect(policyOf({ labels }, 'warn', usual)).toEqual(usual);
  const odd = { labels: { 'pod-security.kubernetes.io/enforce': 'odd' } };
  expect(policyOf(odd, 'enforce', usual).level).toBe('restricted');
  expect(labelProblems({ labels })).toEqual([]);
  expect(labelProblems({ labels: { 'pod-security.kubernetes.io/warn': 'odd' } })).toMatchObject([
    { field: 'metadata.labels[pod-security.kubernetes.io/warn]' },
  ]);
});
