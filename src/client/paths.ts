import type { ObjectKey, Resource } from '../apimachinery/index.ts';
import type { ListOptions, WatchOptions, WriteOptions } from './client.ts';

/** `/api/v1/namespaces/default/pods`; all namespaces without one. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${plural}`;
}

export function objectPath(resource: Resource, { namespace, name }: ObjectKey, subresource?: string): string {
  if (resource.namespaced && (namespace === undefined || namespace === '')) {
    throw new TypeError(`${resource.plural} are in namespaces, and none was given`);
  }
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

export function listQuery(options: ListOptions): Record<string, string | number | undefined> {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options;
  return { labelSelector, fieldSelector, limit, continue: options.continue, resourceVersion, resourceVersionMatch };
}

export function watchQuery(options: WatchOptions): Record<string, string | number | undefined> {
  const { labelSelector, fieldSelector, resourceVersion, timeoutSeconds, allowBookmarks, sendInitialEvents } = options;
  return {
    watch: 'true',
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds,
    allowWatchBookmarks: allowBookmarks === true ? 'true' : undefined,
    ...(sendInitialEvents === undefined
      ? {}
      : { sendInitialEvents: String(sendInitialEvents), resourceVersionMatch: 'NotOlderThan' }),
  };
}

export function writeQuery({
  dryRun,
  fieldManager,
  fieldValidation,
}: WriteOptions): Record<string, string | undefined> {
  return { dryRun: dryRun === true ? 'All' : undefined, fieldManager, fieldValidation };
}
