/** An element's children by name; text where it has none. */
export interface XmlElement {
  readonly text: string;
  all(name: string): readonly XmlElement[];
  /** The first of the name, or one that is empty. */
  one(name: string): XmlElement;
  /** The text of the first of the name; undefined where there is none. */
  textOf(name: string): string | undefined;
}

const TOKEN = /<\?[^>]*\?>|<(\/?)([\w:.-]+)[^>]*?(\/?)>|([^<]+)/g;

interface Node {
  readonly name: string;
  text: string;
  readonly children: Node[];
}

/** As much of XML as the requests of SDKs have: elements and text. */
export function parseXml(text: string): XmlElement {
  const root: Node = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, closes, name, isEmpty, words] of text.matchAll(TOKEN)) {
    const top = open.at(-1) ?? root;
    if (words !== undefined) top.text += unescapeXml(words);
    else if (closes === '/') open.pop();
    else if (name !== undefined) {
      const node: Node = { name, text: '', children: [] };
      top.children.push(node);
      if (isEmpty !== '/') open.push(node);
    }
  }
  return element(root);
}

function element(node: Node): XmlElement {
  const all = (name: string) => node.children.filter((child) => child.name === name).map(element);
  return {
    text: node.text,
    all,
    one: (name) => all(name)[0] ?? element({ name, text: '', children: [] }),
    textOf: (name) => all(name)[0]?.text,
  };
}

export type XmlValue =
  string | number | boolean | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** Elements of an object's fields; a list repeats its element, what is undefined is left out. */
export function toXml(value: XmlValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escapeXml(String(value));
  if (isList(value)) return value.map(toXml).join('');
  return Object.entries(value)
    .map(([name, child]) => {
      if (child === undefined) return '';
      const items = isList(child) ? child : [child];
      return items.map((item) => `<${name}>${toXml(item)}</${name}>`).join('');
    })
    .join('');
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

const escapeXml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => `&${ENTITIES[character] ?? ''};`);

function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCharCode(parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCharCode(Number(name.slice(1)));
    return Object.entries(ENTITIES).find(([, entity]) => entity === name)?.[0] ?? whole;
  });
}
