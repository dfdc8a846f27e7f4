import { expect, it } from 'vitest';
import { parseAdmissionConfiguration } from './admission-configuration.ts';

const POLICY = 'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n';

const configuration = (...plugins: readonly object[]) =>
  JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins });

const podSecurity = (more: object) => ({
  name: 'PodSecurity',
  configuration: {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    ...more,
  },
});

const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
  parseAdmissionConfiguration(text, async (path) => files[path] ?? expect.unreachable());

it('reads defaults and exemptions, where they are or in a file of their own', async () => {
  const defaults = { enforce: 'baseline', 'enforce-version': 'v1.30', warn: 'restricted' };
  const exemptions = { namespaces: ['kube-system'], usernames: ['system:serviceaccount:ci:runner'] };
  const expected = {
    defaults: {
      enforce: { level: 'baseline', version: 'v1.30' },
      audit: { level: 'privileged', version: 'latest' },
      warn: { level: 'restricted', version: 'latest' },
    },
    exemptions: { ...exemptions, runtimeClasses: [] },
  };
  expect((await read(configuration(podSecurity({ defaults, exemptions })))).podSecurity).toEqual(expected);
  const other = `${POLICY}defaults: ${JSON.stringify(defaults)}\nexemptions: ${JSON.stringify(exemptions)}`;
  const elsewhere = configuration({ name: 'PodSecurity', path: 'pods.yaml' });
  expect((await read(elsewhere, { 'pods.yaml': other })).podSecurity).toEqual(expected);
  expect(await read(configuration())).toEqual({});
});

it.each<[string, string, string]>([
  ['another kind', '{"kind":"X"}', 'kind: Invalid value: "X": must be AdmissionConfiguration'],
  ['no YAML', 'a: [', 'Flow sequence'],
  [
    'another plugin',
    configuration({ name: 'ResourceQuota', configuration: {} }),
    'plugins[0].name: Invalid value: "ResourceQuota": this plugin takes no configuration here',
  ],
  [
    'an unknown level',
    configuration(podSecurity({ defaults: { enforce: 'strict' } })),
    'plugins[0].configuration.defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted',
  ],
  [
    'an unknown version',
    configuration(podSecurity({ defaults: { 'warn-version': '1.30' } })),
    'plugins[0].configuration.defaults.warn-version: Invalid value: "1.30": must be "latest" or "v1.x"',
  ],
  [
    'an unknown field',
    configuration(podSecurity({ exemptions: { users: ['a'] } })),
    'plugins[0].configuration.exemptions.users: Invalid value: ["a"]: unknown field',
  ],
  [
    'nobody',
    configuration(podSecurity({ exemptions: { usernames: [''] } })),
    'plugins[0].configuration.exemptions.usernames[0]: Invalid value: "": username must not be empty',
  ],
  [
    'a name twice',
    configuration(podSecurity({ exemptions: { namespaces: ['a', 'a'] } })),
    'plugins[0].configuration.exemptions.namespaces[1]: Duplicate value: "a"',
  ],
])('refuses %s', async (_, text, problem) => {
  await expect(read(text)).rejects.toThrow(problem);
});
