import { isObject, type Resource } from '../../../src/apimachinery/index.ts';

/** A copy that is to be deleted in a cluster although its federated object is gone. */
export interface Debt {
  readonly resource: Resource;
  readonly key: string;
  /** Of the federated object: a copy of any other is not what is owed. */
  readonly uid: string;
}

/** Of one resource, as it is stored. */
interface Page {
  readonly kind: string;
  readonly namespaced: boolean;
  /** uids of federated objects, by key. */
  readonly owed: Readonly<Record<string, string>>;
}

/** As in `deployments.v1.apps shop/web`. */
export function debtId({ resource, key }: Debt): string {
  return `${resource.plural}.${resource.version}.${resource.group} ${key}`;
}

/** The data of a ConfigMap, a page a resource. */
export function formatDebts(debts: Iterable<Debt>): Readonly<Record<string, string>> {
  const byResource = Map.groupBy(debts, (debt) => debtId(debt).split(' ', 1)[0] ?? '');
  const data: Record<string, string> = {};
  for (const [name, of] of byResource) {
    const [{ resource }] = of as [Debt];
    const owed = Object.fromEntries(of.map(({ key, uid }) => [key, uid]));
    const page: Page = { kind: resource.kind, namespaced: resource.namespaced, owed };
    data[name] = JSON.stringify(page);
  }
  return data;
}

/** What cannot be read is left out: nothing is deleted on its word. */
export function parseDebts(data: Readonly<Record<string, string>>): readonly Debt[] {
  return Object.entries(data).flatMap(([name, text]) => {
    const page = parsePage(text);
    const [plural = '', version = '', ...group] = name.split('.');
    if (page === undefined) return [];
    const { kind, namespaced, owed } = page;
    const resource: Resource = { group: group.join('.'), version, plural, kind, namespaced };
    return Object.entries(owed).map(([key, uid]) => ({ resource, key, uid }));
  });
}

function parsePage(text: string): Page | undefined {
  try {
    const page: unknown = JSON.parse(text);
    if (!isObject(page)) return undefined;
    const { kind, namespaced, owed } = page;
    if (typeof kind !== 'string' || typeof namespaced !== 'boolean' || !isTexts(owed)) return undefined;
    return { kind, namespaced, owed };
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
