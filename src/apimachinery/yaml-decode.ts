import type * as Yaml from 'yaml';
import { ExactInteger, hasLongNumber } from './exact-integer.ts';
import { isList, isObject, setField } from './json.ts';
import { joinPath, MAX_DEPTH, type Decoded } from './json-decode.ts';

/**
 * Reads a YAML body as Go clients do: YAML 1.1 (an unquoted `n` or `yes` is a boolean), keys become strings,
 * timestamps stay text. Only the first document counts. Throws `SyntaxError`.
 */
export async function decodeYaml(text: string): Promise<Decoded> {
  const yaml = await import('yaml');
  const composer = new yaml.Composer({
    version: '1.1',
    uniqueKeys: false,
    intAsBigInt: hasLongNumber(text),
    // Else the library warns the process of keys that are no text.
    logLevel: 'error',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || tag.format === 'TIME')),
  });
  const first = composer.compose(tokensOf(text, yaml), true, text.length).next();
  if (first.done === true) return { value: null, duplicates: [] };
  const document = first.value;
  const [error] = document.errors;
  if (error !== undefined) throw new SyntaxError(`error converting YAML to JSON: ${error.message}`);

  return { value: contentOf(document), duplicates: duplicatesIn(document, yaml) };
}

/** Ten times what the largest definitions in use have. Three megabytes of commas would hold the server up for a minute. */
const MAX_LEXEMES = 250_000;

/** Refuses deep nesting before it is built up, which takes the library time by the square of the depth. */
function* tokensOf(text: string, { Lexer, Parser }: typeof Yaml): Generator<Yaml.CST.Token, void> {
  const parser = new Parser();
  let depth = 0;
  let dashes = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth += 1;
    else if (lexeme === ']' || lexeme === '}') depth -= 1;
    else if (lexeme === '-') dashes += 1;
    else if (lexeme.trim() !== '') dashes = 0;
    lexemes += 1;
    if (lexemes > MAX_LEXEMES)
      throw new SyntaxError('error converting YAML to JSON: too many tokens, send JSON instead');
    if (depth + dashes > MAX_DEPTH) throw new SyntaxError('error converting YAML to JSON: exceeded max depth');
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** The library refuses a document whose aliases would make it grow without end. */
function contentOf(document: Yaml.Document.Parsed): unknown {
  try {
    const value: unknown = document.toJS();
    return document.options.intAsBigInt ? withNumbers(value) : value;
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new SyntaxError(`error converting YAML to JSON: ${why}`, { cause: err });
  }
}

/** Of whole numbers that were read with all of their digits. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return ExactInteger.from(value);
  if (isList(value)) return value.map(withNumbers);
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, content] of Object.entries(value)) setField(copy, key, withNumbers(content));
  return copy;
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
