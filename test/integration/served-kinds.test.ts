import { expect, it } from 'vitest';
import { federationResources } from '../../federation/control-plane/index.ts';
import { apiVersionOf } from '../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const isOld = ({ storedAs, deprecation }: ResourceDefinition) => storedAs !== undefined && deprecation !== undefined;

function table(definitions: readonly ResourceDefinition[]): string {
  const rows = [...Map.groupBy(definitions, apiVersionOf)].map(([apiVersion, all]) => {
    const kinds = new Set(all.map(({ kind }) => kind));
    return `| \`${apiVersion}\` | ${[...kinds].sort().join(', ')} |`;
  });
  return ['| version | kinds |', '|---|---|', ...rows.sort()].join('\n');
}

function page(inMembers: readonly ResourceDefinition[], inFederations: readonly ResourceDefinition[]): string {
  return `# Served kinds

Written by \`npx vitest run test/integration/served-kinds.test.ts -u\` out of what a member and a federation serve, and checked by it.

## Members

${table(inMembers.filter((definition) => !isOld(definition)))}

Reviews are asked and not stored; ComponentStatus, NodeMetrics and PodMetrics are read and not stored, so they cannot be watched.
Subresources: \`status\` and \`scale\` as upstream has them; of pods \`binding\`, \`eviction\`, \`log\`,
\`exec\`, \`attach\`, \`portforward\`, \`proxy\`, \`ephemeralcontainers\` and \`resize\`; \`token\` of service accounts, \`proxy\` of nodes and
services, \`approval\` of certificate signing requests, \`finalize\` of namespaces. Custom resources come beside.

## Versions that Kubernetes gave up

They are views of the kinds above: what is written in one version is read in all. Every answer warns with the version to use
instead. Whoever names no version gets today's. [koinon convert](convert.md) reads older ones still.

${table(inMembers.filter(isOld))}

## Federations

${table(inFederations.filter((definition) => !isOld(definition)))}

The versions of them that Kubernetes gave up are served too, and custom resources, and ComponentStatus and the reviews
that members answer. Nobody knows what a federation uses: \`metrics.k8s.io\` is that of each member.
`;
}

it('the reference names what is served', async () => {
  await using member = await startTestMember();
  const definitions = member.server.catalog.definitions();
  await expect(page(definitions, federationResources)).toMatchFileSnapshot('../../docs/reference/kinds.md');
});
