import type * as Yaml from 'yaml';
import { joinPath, type Decoded } from './json-decode.ts';

/**
 * Reads a YAML body as Go clients do: YAML 1.1 (an unquoted `n` or `yes` is a boolean), keys become strings,
 * timestamps stay text. Only the first document counts. Throws `SyntaxError`.
 */
export async function decodeYaml(text: string): Promise<Decoded> {
  const yaml = await import('yaml');
  const [document] = yaml.parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || tag.format === 'TIME')),
  });
  if (document === undefined || !('contents' in document)) return { value: null, duplicates: [] };
  const [error] = document.errors;
  if (error !== undefined) throw new SyntaxError(`error converting YAML to JSON: ${error.message}`);

  return { value: document.toJS(), duplicates: duplicatesIn(document, yaml) };
}

function duplicatesIn(document: Yaml.Document.Parsed, yaml: typeof Yaml): readonly string[] {
  const duplicates = new Set<string>();
  const visit = (node: unknown, path: string): void => {
    if (yaml.isMap<Yaml.Node>(node)) visitMap(node, path);
    if (yaml.isSeq<Yaml.Node>(node)) {
      for (const [index, item] of node.items.entries()) visit(item, `${path}[${index}]`);
    }
  };
  const visitMap = (map: Yaml.YAMLMap<Yaml.Node>, path: string): void => {
    const seen = new Set<string>();
    for (const { key, value } of map.items) {
      const name = String(yaml.isScalar(key) ? key.value : key);
      const field = joinPath(path, name);
      if (seen.has(name) && name !== '<<') duplicates.add(field);
      seen.add(name);
      visit(value, field);
    }
  };
  visit(document.contents, '');
  return [...duplicates];
}
