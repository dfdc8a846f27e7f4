import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A field as its Go source declares it. */
export interface GoField {
  /** Empty for an embedded field. */
  readonly name: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `+listType=map` is `listType: ['map']`. */
  readonly markers: Readonly<Record<string, readonly string[]>>;
}

export type GoType =
  | { readonly kind: 'struct'; readonly fields: readonly GoField[]; readonly markers: GoField['markers'] }
  /** `type ResourceName string`. */
  | { readonly kind: 'named'; readonly underlying: string };

export interface GoSource {
  /** Types by their name within the package. */
  readonly types: ReadonlyMap<string, GoType>;
  /** Import paths by local name. */
  readonly imports: ReadonlyMap<string, string>;
}

const IMPORT = /^\t(?:(\w+) )?"([\w./-]+)"$/;
const STRUCT = /^type (\w+) struct ?\{(\})?$/;
const NAMED = /^type (\w+) (?:= )?([\w.[\]*]+)$/;
const FIELD = /^\s+(?:(\w+)\s+)?([\w.[\]*{}]+)\s+`([^`]*)`/;
const BLOCK_COMMENT = /\/\*[^]*?\*\//g;
const TAG = /(\w+):"([^"]*)"/g;
const MARKER = /^\s*\/\/\s*\+([\w:]+)(?:=(.*))?$/;

/** The comment lines above a declaration, reduced to their `+markers`. */
class Markers {
  #found: Record<string, string[]> = {};

  /** Whether the line was a comment. */
  read(line: string): boolean {
    const [, name, value] = MARKER.exec(line) ?? [];
    if (name !== undefined) (this.#found[name] ??= []).push(value ?? '');
    return line.trimStart().startsWith('//');
  }

  take(): Readonly<Record<string, readonly string[]>> {
    const found = this.#found;
    this.#found = {};
    return found;
  }
}

function parseStruct(lines: Iterator<string, undefined>, markers: GoField['markers']): GoType {
  const fields: GoField[] = [];
  const above = new Markers();
  for (let next = lines.next(); next.done !== true && next.value !== '}'; next = lines.next()) {
    if (above.read(next.value)) continue;
    const [, name = '', type, tags] = FIELD.exec(next.value) ?? [];
    if (type === undefined || tags === undefined) {
      if (next.value.trim() !== '') throw new Error(`not a field: ${next.value}`);
      above.take();
      continue;
    }
    const pairs = Array.from(tags.matchAll(TAG), ([, key = '', value = '']) => [key, value] as const);
    fields.push({ name, type, tags: Object.fromEntries(pairs), markers: above.take() });
  }
  return { kind: 'struct', fields, markers };
}

function parseFile(text: string, types: Map<string, GoType>, imports: Map<string, string>): void {
  const lines = text.replaceAll(BLOCK_COMMENT, '').split('\n').values();
  const above = new Markers();
  for (const line of lines) {
    if (above.read(line)) continue;
    const [, local, path] = IMPORT.exec(line) ?? [];
    if (path !== undefined) imports.set(local ?? path.slice(path.lastIndexOf('/') + 1), path);

    const [, struct, empty] = STRUCT.exec(line) ?? [];
    const markers = above.take();
    if (struct !== undefined) {
      types.set(struct, empty === '}' ? { kind: 'struct', fields: [], markers } : parseStruct(lines, markers));
      continue;
    }
    const [, named, underlying] = NAMED.exec(line) ?? [];
    if (named !== undefined && underlying !== undefined) types.set(named, { kind: 'named', underlying });
  }
}

/** Reads the type declarations of a package; `gofmt` has made them regular enough for patterns. */
export function parseGoPackage(root: string, path: string): GoSource {
  const types = new Map<string, GoType>();
  const imports = new Map<string, string>();
  const directory = join(root, path);
  for (const file of readdirSync(directory).filter((name) => /^(types\w*|group_version)\.go$/.test(name))) {
    if (/swagger_doc|_test/.test(file)) continue;
    parseFile(readFileSync(join(directory, file), 'utf8'), types, imports);
  }
  return { types, imports };
}
