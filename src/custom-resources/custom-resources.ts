import { isConditionTrue, stableJson } from '../apimachinery/index.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../apis/index.ts';
import type { ResourceCatalog, ResourceDefinition, WebhookTransport } from '../apiserver/index.ts';
import { aborted, type Logger, type Runnable } from '../component-base/index.ts';
import type { Informer } from '../controller/index.ts';
import type { SchemaRules } from './schema/custom-schema.ts';
import { hasRules } from './schema/has-rules.ts';
import type { Schema } from './schema/schema.ts';
import type * as parts from './served-parts.ts';
import type { Convert } from './stored-versions.ts';

export interface CustomResourcesDeps {
  readonly definitions: Informer<CustomResourceDefinition>;
  readonly catalog: ResourceCatalog;
  /** To the webhooks of definitions that convert by them. */
  readonly transport: WebhookTransport;
  readonly log: Logger;
}

/** Serves what the definitions of custom resources say. Ready when what was defined before is served again. */
export interface CustomResources extends Runnable {
  /** All versions of this definition, as it is, are served. */
  serves(definition: CustomResourceDefinition): boolean;
}

type Parts = Pick<typeof parts, 'customResource' | 'webhookConverter'>;

interface Served {
  readonly resource: ResourceDefinition;
  /** All that the resource was made of. */
  readonly madeOf: string;
  readonly retire: AbortController;
}

interface Entry {
  definition: CustomResourceDefinition;
  readonly versions: Map<string, Served>;
}

const SOURCE = 'custom-resources';

export function createCustomResources(deps: CustomResourcesDeps): CustomResources {
  return new ServedCustomResources(deps);
}

class ServedCustomResources implements CustomResources {
  readonly name = 'custom-resources';
  readonly #deps: CustomResourcesDeps;
  readonly #entries = new Map<string, Entry>();
  #own: ReadonlySet<ResourceDefinition> = new Set();
  #parts: Parts | undefined;
  #rulesOf: ((schema: Schema) => SchemaRules) | undefined;

  constructor(deps: CustomResourcesDeps) {
    this.#deps = deps;
  }

  serves(definition: CustomResourceDefinition): boolean {
    const entry = this.#entries.get(definition.metadata.name ?? '');
    const wanted = servedVersions(definition);
    return (
      entry !== undefined &&
      wanted.every((version) => entry.versions.get(version.name)?.madeOf === madeOf(definition, version))
    );
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { definitions } = this.#deps;
    let changed = Promise.withResolvers<undefined>();
    const remove = definitions.onEvent(() => {
      // Without waiting, once all that takes is loaded: whoever hears of the same event later finds it served.
      const parts = this.#loaded();
      if (parts === undefined) changed.resolve(undefined);
      else this.#update(parts);
    });
    try {
      await this.#load();
      ready();
      while (!signal.aborted) {
        await Promise.race([changed.promise, aborted(signal)]);
        changed = Promise.withResolvers<undefined>();
        await this.#load();
      }
    } finally {
      remove();
    }
  }

  /** What serves the present definitions, unless some of it is still to be loaded. */
  #loaded(): Parts | undefined {
    return this.#parts !== undefined && (this.#rulesOf !== undefined || !this.#hasRules()) ? this.#parts : undefined;
  }

  /** Most clusters of a fleet have no definitions, and most definitions no rules. */
  async #load(): Promise<void> {
    if (this.#deps.definitions.lister.list().length === 0 && this.#parts === undefined) return;
    this.#parts ??= await import('./served-parts.ts');
    if (this.#rulesOf === undefined && this.#hasRules()) {
      const { RuleValidator } = await import('./rules/rule-validator.ts');
      this.#rulesOf = (schema) => new RuleValidator(schema);
    }
    this.#update(this.#parts);
  }

  #hasRules(): boolean {
    const versions = this.#deps.definitions.lister.list().flatMap(({ spec }) => spec.versions);
    return versions.some(({ schema }) => schema?.openAPIV3Schema !== undefined && hasRules(schema.openAPIV3Schema));
  }

  #update(parts: Parts): void {
    const { definitions, catalog, log } = this.#deps;
    const retired: AbortController[] = [];
    const present = new Map(
      definitions.lister.list().map((definition) => [definition.metadata.name ?? '', definition]),
    );
    for (const [name, { versions }] of this.#entries) {
      if (present.has(name)) continue;
      this.#entries.delete(name);
      retired.push(...[...versions.values()].map(({ retire }) => retire));
    }
    for (const [name, definition] of present) retired.push(...this.#updateOne(parts, name, definition));
    const resources = [...this.#entries.values()].flatMap(({ versions }) =>
      [...versions.values()].map(({ resource }) => resource),
    );
    if (resources.length === this.#own.size && resources.every((resource) => this.#own.has(resource))) return;
    const taken = new Set(
      catalog
        .definitions()
        .filter((other) => !this.#own.has(other))
        .map(pathOf),
    );
    const free = resources.filter((resource) => !taken.has(pathOf(resource)));
    if (free.length < resources.length)
      log.warn({ count: resources.length - free.length }, 'custom resources are hidden by built-in ones');
    this.#own = new Set(resources);
    catalog.set(SOURCE, free);
    for (const controller of retired) controller.abort();
  }

  #conversionOf(parts: Parts, definition: CustomResourceDefinition): { readonly convert?: Convert } {
    if (!convertsByWebhook(definition)) return {};
    return { convert: parts.webhookConverter(definition, this.#deps.transport) };
  }

  /** Versions that are as they were stay the same ones, and so do their watches. */
  #updateOne(parts: Parts, name: string, definition: CustomResourceDefinition): readonly AbortController[] {
    const entry = this.#entries.get(name) ?? { definition, versions: new Map<string, Served>() };
    this.#entries.set(name, entry);
    if (entry.definition === definition && entry.versions.size > 0) return [];
    entry.definition = definition;
    const retired: AbortController[] = [];
    const wanted = servedVersions(definition);
    for (const [version, { retire }] of entry.versions) {
      if (wanted.some((other) => other.name === version)) continue;
      entry.versions.delete(version);
      retired.push(retire);
    }
    for (const version of wanted) {
      const own = madeOf(definition, version);
      const before = entry.versions.get(version.name);
      if (before?.madeOf === own) continue;
      if (before !== undefined) retired.push(before.retire);
      const retire = new AbortController();
      const resource = parts.customResource({
        definition,
        version,
        retired: retire.signal,
        isTerminating: () => isTerminating(entry.definition),
        rulesOf: this.#rulesOf,
        ...this.#conversionOf(parts, definition),
      });
      entry.versions.set(version.name, { resource, madeOf: own, retire });
    }
    return retired;
  }
}

function pathOf({ group, version, plural }: ResourceDefinition): string {
  return `${group}/${version}/${plural}`;
}

/** While the objects of a definition are being removed they can be seen, whichever version is served. */
function servedVersions(definition: CustomResourceDefinition): readonly CustomResourceDefinitionVersion[] {
  const { spec, status } = definition;
  const isAccepted =
    isConditionTrue(status?.conditions, 'NamesAccepted') || isConditionTrue(status?.conditions, 'Established');
  if (!isAccepted) return [];
  const served = spec.versions.filter((version) => version.served);
  if (served.length > 0 || !isTerminating(definition)) return served;
  return spec.versions.filter(({ storage }) => storage);
}

function isTerminating({ status }: CustomResourceDefinition): boolean {
  return isConditionTrue(status?.conditions, 'Terminating');
}

function convertsByWebhook({ spec }: CustomResourceDefinition): boolean {
  return spec.conversion?.strategy === 'Webhook' && spec.versions.length > 1;
}

/** Objects may be stored in any version, and mean what its schema says. */
function madeOf({ spec, status }: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string {
  const { group, scope, names, conversion, versions } = spec;
  const storage = versions.find((candidate) => candidate.storage)?.name;
  const schemas = versions.map(({ name, schema }) => [name, schema]);
  return stableJson([group, scope, names, status?.acceptedNames, conversion, storage, schemas, version]);
}
