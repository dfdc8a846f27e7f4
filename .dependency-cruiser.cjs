const module_ = '(?:src|federation|member-cluster|dns)/[^/]+';

/** The layout rules of docs/architecture.md. A rule is never loosened to pass: the code moves. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-through-the-door',
      comment: 'A module is imported only through its index.ts.',
      severity: 'error',
      from: { path: `^(${module_})/`, pathNot: '^src/cmd/' },
      to: { path: `^${module_}/`, pathNot: ['^$1/', `^${module_}/index\\.ts$`] },
    },
    {
      name: 'outsiders-use-the-door',
      severity: 'error',
      from: { path: '^(test|examples|src/cmd|federation/[^/]+\\.ts|member-cluster/[^/]+\\.ts)' },
      to: {
        path: `^${module_}/`,
        pathNot: [`^${module_}/index\\.ts$`, '^src/cmd/'],
      },
    },
    {
      name: 'the-base-is-the-base',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cmd/' },
      to: { path: '^(federation|member-cluster|dns)/' },
    },
    {
      name: 'nobody-imports-cmd',
      severity: 'error',
      from: { pathNot: '^(src/cmd|test|scripts|bin)/' },
      to: { path: '^src/cmd/' },
    },
    {
      name: 'federation-meets-members-at-the-api',
      severity: 'error',
      from: { path: '^federation/' },
      to: { path: '^member-cluster/', reachable: true },
    },
    {
      name: 'members-meet-federation-at-the-api',
      severity: 'error',
      from: { path: '^member-cluster/' },
      to: { path: '^federation/', reachable: true },
    },
    {
      name: 'dns-stands-alone',
      severity: 'error',
      from: { path: '^dns/' },
      to: { path: '^(src|federation|member-cluster)/', pathNot: '^src/component-base/' },
    },
    {
      name: 'federation-knows-only-dns-provider',
      severity: 'error',
      from: { path: '^federation/' },
      to: { path: '^dns/', pathNot: '^dns/provider/' },
    },
    {
      name: 'members-know-only-dns-server',
      severity: 'error',
      from: { path: '^member-cluster/' },
      to: { path: '^dns/', pathNot: '^dns/server/' },
    },
    ...[
      ['etcd3', '^src/storage/'],
      ['fastify', '^(src/apiserver|federation/dashboard)/'],
      ['@kubernetes/client-node', '^src/client/'],
      ['dockerode', '^member-cluster/runtime/'],
      ['dns2', '^dns/'],
      ['prom-client', '^src/component-base/'],
      ['@opentelemetry', '^src/tracing/'],
      ['@aws-sdk', '^dns/provider/route53/'],
      ['@google-cloud', '^dns/provider/google/'],
      ['@azure', '^dns/provider/azure/'],
      ['cloudflare', '^dns/provider/cloudflare/'],
    ].map(([name, home]) => ({
      name: `one-home-${name.replaceAll(/[^a-z0-9]/g, '-')}`,
      severity: 'error',
      from: { pathNot: [home, '^test/', '\\.test\\.ts$'] },
      to: { path: `node_modules/${name}/` },
    })),
    {
      name: 'no-dumping-grounds',
      severity: 'error',
      from: {},
      to: { path: '/(utils|helpers|common|shared|misc|types)(/|[.]ts$)', pathNot: 'node_modules' },
    },
    {
      name: 'only-tests-import-test',
      severity: 'error',
      from: { pathNot: ['^test/', '\\.test\\.ts$', '^vitest'] },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
