import { createHash } from 'node:crypto';
import { apiVersionOf, compareVersions, statusError, type StatusError } from '../../apimachinery/index.ts';
import { aggregatedVersion as remoteVersion } from '../aggregation/remote-discovery.ts';
import type { RemoteApi, RemoteApis } from '../aggregation/remote-apis.ts';
import type { ResourceCatalog } from '../catalog.ts';
import { SCALE_KIND } from '../registry/scale-kind.ts';
import type { ResourceDefinition, Subresource, Verb } from '../resource-definition.ts';
import { json, type CompleteAnswer } from './api-request.ts';
import { mediaRanges } from './negotiation.ts';

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Groups = ReadonlyMap<string, ReadonlyMap<string, readonly ResourceDefinition[]>>;

/** The versions of a group stand in the order in which clients prefer them. */
function groupsOf(definitions: readonly ResourceDefinition[]): Groups {
  const byGroup = Map.groupBy(definitions, ({ group }) => group);
  const versions = (all: readonly ResourceDefinition[]) => {
    const byVersion = [...Map.groupBy(all, ({ version }) => version)];
    return new Map(byVersion.toSorted(([a], [b]) => compareVersions(a, b)));
  };
  return new Map([...byGroup].map(([group, all]) => [group, versions(all)] as const));
}

type Kind = Pick<ResourceDefinition, 'group' | 'version' | 'kind'>;

/** The documents by which clients learn what is served: one for everything, and one for every group and version. */
export class Discovery {
  readonly #derived: () => Groups;
  readonly #remote: RemoteApis;

  constructor(catalog: ResourceCatalog, remote: RemoteApis) {
    this.#remote = remote;
    this.#derived = catalog.derive(groupsOf);
  }

  get #groups(): Groups {
    return this.#derived();
  }

  /** `undefined`: not a path of discovery. */
  answer(path: string, accept: string | undefined): CompleteAnswer | undefined {
    const [root, first, second, ...rest] = path.split('/').filter((segment) => segment !== '');
    if (rest.length > 0) return undefined;
    if (root === 'api') return second === undefined ? this.#core(first, accept) : undefined;
    return root === 'apis' ? this.#named(first, second, accept) : undefined;
  }

  #core(version: string | undefined, accept: string | undefined): CompleteAnswer | undefined {
    if (version !== undefined) return this.#resources('', version);
    const legacy = {
      kind: 'APIVersions',
      versions: [...(this.#groups.get('')?.keys() ?? [])],
      serverAddressByClientCIDRs: [],
    };
    return withTag(accept, (asked) =>
      asked === undefined ? legacy : this.#aggregated(asked, (group) => group === ''),
    );
  }

  #named(
    group: string | undefined,
    version: string | undefined,
    accept: string | undefined,
  ): CompleteAnswer | undefined {
    if (group === undefined) {
      const groups = this.#groupNames();
      const legacy = { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((name) => this.#group(name)) };
      return withTag(accept, (asked) =>
        asked === undefined ? legacy : this.#aggregated(asked, (name) => name !== ''),
      );
    }
    if (version !== undefined) return this.#resources(group, version);
    if (!this.#groupNames().includes(group)) return undefined;
    return json({ kind: 'APIGroup', apiVersion: 'v1', ...this.#group(group) });
  }

  #group(name: string) {
    const own = [...(this.#groups.get(name)?.keys() ?? [])];
    const remote = this.#remoteOf(name).map(({ version }) => version);
    const versions = [...new Set([...own, ...remote])].map((version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  }

  #resources(group: string, version: string): CompleteAnswer | undefined {
    const resources = this.#groups.get(group)?.get(version);
    if (resources === undefined) return undefined;
    const groupVersion = apiVersionOf({ group, version });
    return json({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion,
      resources: resources.flatMap(legacyEntries),
    });
  }

  #aggregated(version: string, wanted: (group: string) => boolean): unknown {
    const groups = ['', ...this.#groupNames()].filter((name) => wanted(name));
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${version}`,
      metadata: {},
      items: groups.map((name) => ({
        metadata: { name, creationTimestamp: null },
        versions: this.#aggregatedVersions(name),
      })),
    };
  }

  #aggregatedVersions(group: string): readonly unknown[] {
    const remote = this.#remoteOf(group);
    const own = [...(this.#groups.get(group) ?? [])].filter(
      ([version]) => !remote.some((other) => other.version === version),
    );
    return [
      ...own.map(([version, resources]) => ({
        version,
        resources: resources.map(aggregatedEntry),
        freshness: 'Current',
      })),
      ...remote.map(remoteVersion),
    ];
  }

  #groupNames(): readonly string[] {
    const own = [...this.#groups.keys()].filter((name) => name !== '');
    return [...new Set([...own, ...this.#remote.all().map(({ group }) => group)])];
  }

  #remoteOf(name: string): readonly RemoteApi[] {
    return this.#remote.all().filter(({ group }) => group === name);
  }
}

/** The version of aggregated discovery that the client would rather have; `undefined`: the old documents. */
function aggregatedVersion(accept: string): string | undefined {
  for (const { type, parameters } of mediaRanges(accept)) {
    const version = parameters.get('v');
    const isAggregated =
      parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList';
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    if (isAggregated && (version === 'v2' || version === 'v2beta1')) return version;
    if (!parameters.has('as')) return undefined;
  }
  throw notRepresentable();
}

function notRepresentable(): StatusError {
  return statusError(406, 'NotAcceptable', '406: Not Acceptable\n\nAvailable representations: application/json');
}

function withTag(accept: string | undefined, document: (version: string | undefined) => unknown): CompleteAnswer {
  const version = accept === undefined || accept === '' ? undefined : aggregatedVersion(accept);
  const answer = json(document(version));
  const tag = createHash('sha256').update(answer.body).digest('hex').toUpperCase();
  const parameters = version === undefined ? '' : `;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return {
    ...answer,
    contentType: `application/json${parameters}`,
    headers: { etag: `"${tag}"`, vary: 'Accept', 'cache-control': 'public' },
  };
}

function verbsOf(definition: ResourceDefinition): readonly Verb[] {
  if ('answer' in definition) return ['create'];
  return ALL_VERBS.filter((verb) => definition.verbs?.includes(verb) !== false);
}

function verbsOfPart(part: Subresource): readonly string[] {
  switch (part.type) {
    case 'status':
    case 'scale':
      return ['get', 'patch', 'update'];
    case 'update':
      return [...(part.verbs ?? ['get', 'patch', 'update'])].sort();
    case 'create':
      return ['create'];
    case 'connect':
      return [...(part.verbs ?? ['get'])].sort();
  }
}

function kindOfPart(definition: ResourceDefinition, part: Subresource): Kind {
  if (part.type === 'create') return part.body;
  if (part.type === 'connect') return { ...definition, kind: part.optionsKind ?? definition.kind };
  return part.type === 'scale' ? SCALE_KIND : definition;
}

function legacyEntries(definition: ResourceDefinition): readonly unknown[] {
  const { plural, singular, namespaced, kind, shortNames, categories, subresources = [] } = definition;
  const parts = subresources.map((part) => {
    const { group, version, kind: partKind } = kindOfPart(definition, part);
    const isOwn = group === definition.group && version === definition.version;
    return {
      name: `${plural}/${part.name}`,
      singularName: '',
      namespaced,
      ...(isOwn ? {} : { group, version }),
      kind: partKind,
      verbs: verbsOfPart(part),
    };
  });
  return [
    { name: plural, singularName: singular, namespaced, kind, verbs: verbsOf(definition), shortNames, categories },
    ...parts,
  ];
}

function aggregatedEntry(definition: ResourceDefinition): unknown {
  const { plural, singular, namespaced, shortNames, categories, subresources } = definition;
  return {
    resource: plural,
    responseKind: responseKind(definition),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(definition),
    shortNames,
    categories,
    subresources: subresources?.map((part) => ({
      subresource: part.name,
      responseKind: responseKind(kindOfPart(definition, part)),
      verbs: verbsOfPart(part),
    })),
  };
}

function responseKind({ group, version, kind }: Kind): Kind {
  return { group, version, kind };
}
