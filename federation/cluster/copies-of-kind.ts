import { isNotFound, isStatusError, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client, ListOptions } from '../../src/client/index.ts';
import { labels } from '../apis/index.ts';

export interface CopiesWanted {
  readonly member: Pick<Client, 'list'>;
  readonly federationName: string;
  readonly resource: Resource;
  /** All namespaces when absent. */
  readonly namespace?: string;
}

const PAGE = 500;

/** The copies of one kind that the federation made in a member, page by page; none where the member does not serve or show them. */
export async function* copiesOfKind(
  { member, federationName, resource, namespace }: CopiesWanted,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[], void, undefined> {
  const wanted = {
    labelSelector: `${labels.managedBy}=${federationName}`,
    limit: PAGE,
    signal,
    ...(namespace === undefined ? {} : { namespace }),
  };
  let more: string | undefined = '';
  while (more !== undefined) {
    const page = await pageOf(member, resource, more === '' ? wanted : { ...wanted, continue: more });
    if (page === undefined) return;
    yield page.items;
    more = page.metadata.continue === '' ? undefined : page.metadata.continue;
  }
}

/** `undefined` where there is none that we could have made. */
async function pageOf(member: Pick<Client, 'list'>, resource: Resource, options: ListOptions) {
  try {
    return await member.list<KubeObject>(resource, options);
  } catch (err) {
    const isHidden = isNotFound(err) || (isStatusError(err) && [403, 405].includes(err.code));
    if (isHidden) return undefined;
    throw err;
  }
}
