import type { ImageOverrider } from '../../apis/index.ts';

/** `[registry/]repository[:tag][@digest]`; a first part is a registry when it looks like a host. */
interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  /** With what stands before it: `:1.29` or `@sha256:…`. */
  readonly tag: string;
}

function parseImage(image: string): ImageReference {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  const registry = /[.:]|^localhost$/.test(first) ? first : '';
  const rest = registry === '' ? image : image.slice(slash + 1);
  const at = rest.search(/@|:[^/]*$/);
  return { registry, repository: at === -1 ? rest : rest.slice(0, at), tag: at === -1 ? '' : rest.slice(at) };
}

/** The image with one part changed. Adding appends to what is there. */
export function overriddenImage(image: string, overrider: Omit<ImageOverrider, 'predicate'>): string {
  const { registry, repository, tag } = parseImage(image);
  const { component, operator, value = '' } = overrider;
  const next = (present: string) => (operator === 'remove' ? '' : operator === 'add' ? `${present}${value}` : value);
  switch (component) {
    case 'Registry':
      return formatImage({ registry: next(registry), repository, tag });
    case 'Repository':
      return formatImage({ registry, repository: next(repository), tag });
    case 'Tag':
      return formatImage({ registry, repository, tag: withSeparator(next(tag), value) });
  }
}

function withSeparator(tag: string, value: string): string {
  if (tag === '' || tag.startsWith(':') || tag.startsWith('@')) return tag;
  return value.startsWith('sha256:') ? `@${tag}` : `:${tag}`;
}

function formatImage({ registry, repository, tag }: ImageReference): string {
  return `${registry === '' ? '' : `${registry}/`}${repository}${tag}`;
}
