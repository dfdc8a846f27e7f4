import type { KubeObject, Resource } from '../../../apimachinery/index.ts';
import type { AdmissionRequest, BodyKind } from '../../admission.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { ruleMatches, type Rule } from './rule.ts';

/** A resource as which a request is shown to whoever asked for it in another version. */
export interface Equivalent {
  readonly resource: Resource;
  /** Of the objects, where they are not of the resource's kind. */
  readonly body?: BodyKind;
  readonly convert: (object: KubeObject) => Promise<KubeObject>;
  /** Back to the version of the request. */
  readonly restore: (object: KubeObject) => Promise<KubeObject>;
}

/** A request as it is. */
export function unconverted({ resource, body }: Pick<AdmissionRequest, 'resource' | 'body'>): Equivalent {
  const same = async (object: KubeObject): Promise<KubeObject> => object;
  return { resource, convert: same, restore: same, ...(body === undefined ? {} : { body }) };
}

/** The first resource for which a rule matches: that of the request, or with `Equivalent` another version of it. */
export function matchingResource(
  { rules, matchPolicy }: { readonly rules: readonly Rule[]; readonly matchPolicy: string | undefined },
  request: AdmissionRequest,
  served: () => readonly ResourceDefinition[],
): Equivalent | undefined {
  const matches = (resource: Resource): boolean => rules.some((rule) => ruleMatches(rule, request, resource));
  if (matches(request.resource)) return unconverted(request);
  if (matchPolicy === 'Exact' || request.body !== undefined) return undefined;
  return equivalentsOf(request.resource, served()).find(({ resource }) => matches(resource));
}

/** An object of a request as whoever matched it sees it. */
export async function shownObject(
  object: KubeObject | undefined,
  { operation }: AdmissionRequest,
  { convert }: Equivalent,
): Promise<object | null> {
  if (object === undefined) return null;
  if (operation !== 'CONNECT') return convert(object);
  const { metadata: _metadata, ...options } = object;
  return options;
}

function equivalentsOf(resource: Resource, served: readonly ResourceDefinition[]): readonly Equivalent[] {
  const own = served.find((definition) => isSame(definition, resource));
  return served.flatMap((other): Equivalent[] => {
    if (isSame(other, resource)) return [];
    const { storedAs, stored } = other;
    if (storedAs !== undefined && isSame(storedAs.definition, resource)) {
      const convert = one((objects) => storedAs.fromStored(objects));
      return [{ resource: other, convert, restore: one((objects) => storedAs.toStored(objects)) }];
    }
    const ownStored = own?.stored;
    if (stored === undefined || ownStored === undefined || !isSameKind(other, resource)) return [];
    const convert = one(async (objects) => stored.fromStored(await ownStored.toStored(objects)));
    return [
      {
        resource: other,
        convert,
        restore: one(async (objects) => ownStored.fromStored(await stored.toStored(objects))),
      },
    ];
  });
}

type Conversion = (objects: readonly KubeObject[]) => readonly KubeObject[] | Promise<readonly KubeObject[]>;

function one(convertAll: Conversion): Equivalent['convert'] {
  return async (object) => {
    const [converted] = await convertAll([object]);
    if (converted === undefined) throw new TypeError('a conversion gives as many objects as it takes');
    return converted;
  };
}

export function isSame(a: Resource, b: Resource): boolean {
  return isSameKind(a, b) && a.version === b.version;
}

function isSameKind(a: Resource, b: Resource): boolean {
  return a.group === b.group && a.plural === b.plural;
}
