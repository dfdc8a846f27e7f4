import { applyJsonPatch, isList, isObject, type UnknownObject } from '../../../src/apimachinery/index.ts';
import type { CommandOverrider, EnvOverrider, ImageOverrider, Overriders, TextsOverrider } from '../../apis/index.ts';
import { overriddenImage } from './image-reference.ts';
import { podSpecPaths } from './pod-template-path.ts';

/** What is asked for does not fit the object. */
export class OverrideMismatch extends Error {}

type Step = (document: unknown) => unknown;

/** The object as the overriders want it; the original is not touched. Throws what does not fit. */
export function applyOverriders(object: unknown, overriders: Overriders, kind: string): unknown {
  const steps: readonly Step[] = [
    ...(overriders.imageOverrider ?? []).map(
      (item): Step =>
        (document) =>
          withImages(document, item, kind),
    ),
    ...(overriders.commandOverrider ?? []).map((item) => onWords(item, 'command', kind)),
    ...(overriders.argsOverrider ?? []).map((item) => onWords(item, 'args', kind)),
    ...(overriders.envOverrider ?? []).map((item) => onEnvironment(item, kind)),
    ...(overriders.labelsOverrider ?? []).map((item) => onTexts(item, 'labels')),
    ...(overriders.annotationsOverrider ?? []).map((item) => onTexts(item, 'annotations')),
    ...(overriders.plaintext ?? []).map(({ path, operator, value }): Step => {
      const operation = { op: operator, path, ...(operator === 'remove' ? {} : { value }) };
      return (document) => applyJsonPatch(document, [operation]);
    }),
  ];
  return steps.reduce((document, step) => step(document), object);
}

function withImages(document: unknown, { predicate, ...overrider }: ImageOverrider, kind: string): unknown {
  if (predicate === undefined) {
    return onContainers(document, kind, (container) => {
      const { image } = container;
      return typeof image === 'string' ? { ...container, image: overriddenImage(image, overrider) } : container;
    });
  }
  const path = predicate.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return changed(document, path, (image) => {
    if (typeof image !== 'string') throw new OverrideMismatch(`there is no image at ${predicate.path}`);
    return overriddenImage(image, overrider);
  });
}

function onWords({ containerName, operator, value = [] }: CommandOverrider, field: string, kind: string): Step {
  return onContainer(containerName, kind, (container) => {
    const words = listOf(container[field]);
    const next = operator === 'add' ? [...words, ...value] : words.filter((word) => !value.includes(String(word)));
    return { ...container, [field]: next };
  });
}

function onEnvironment({ containerName, operator, value = [] }: EnvOverrider, kind: string): Step {
  return onContainer(containerName, kind, (container) => {
    const present = listOf(container['env']);
    const isNamed = (entry: unknown) => isObject(entry) && value.some(({ name }) => name === entry['name']);
    const others = present.filter((entry) => !isNamed(entry));
    return { ...container, env: operator === 'remove' ? others : [...others, ...value] };
  });
}

function onTexts({ operator, value = {} }: TextsOverrider, field: 'labels' | 'annotations'): Step {
  return (document) =>
    changed(document, ['metadata', field], (present) => {
      const texts = isObject(present) ? present : {};
      switch (operator) {
        case 'add':
          return { ...texts, ...value };
        case 'remove':
          return Object.fromEntries(Object.entries(texts).filter(([key]) => !Object.hasOwn(value, key)));
        case 'replace':
          // Only what is there: a cluster's own value for something that every copy has.
          return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, value[key] ?? text]));
      }
    });
}

function onContainer(name: string, kind: string, change: (container: UnknownObject) => UnknownObject): Step {
  return (document) => {
    const found = new Set<unknown>();
    const next = onContainers(document, kind, (container) => {
      if (container['name'] !== name) return container;
      found.add(container);
      return change(container);
    });
    if (found.size === 0) throw new OverrideMismatch(`there is no container ${JSON.stringify(name)}`);
    return next;
  };
}

function onContainers(document: unknown, kind: string, change: (container: UnknownObject) => UnknownObject): unknown {
  const path = podSpecPaths[kind];
  if (path === undefined) throw new OverrideMismatch(`a ${kind} has no containers`);
  return changed(document, path, (spec) => {
    if (!isObject(spec)) throw new OverrideMismatch('there are no containers');
    const next = { ...spec };
    for (const field of ['initContainers', 'containers']) {
      const containers = spec[field];
      if (!isList(containers)) continue;
      next[field] = containers.map((container: unknown) => (isObject(container) ? change(container) : container));
    }
    return next;
  });
}

/** A copy of the document with something else at the path. */
function changed(document: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return change(document);
  if (isList(document)) {
    const index = Number(head);
    return document.map((item: unknown, at) => (at === index ? changed(item, rest, change) : item));
  }
  const fields = isObject(document) ? document : {};
  return { ...fields, [head]: changed(Object.hasOwn(fields, head) ? fields[head] : undefined, rest, change) };
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}
