import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';

/** A kubeconfig that cannot be read, or may not be changed as asked. */
export class KubeconfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

export const sections = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
export type Section = keyof typeof sections;

/** Kubernetes keeps extensions of programs it does not know: whose entry it is stands there. */
const EXTENSION = 'koinon.dev/owner';

/** `undefined` when there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    const why = err instanceof Error ? err.message : String(err);
    throw new KubeconfigError(`${path} cannot be read: ${why}`, { cause: err });
  }
}

/** The text of a kubeconfig, to be changed in places; comments and what is not understood stay. */
export class KubeconfigDocument {
  readonly #path: string;
  readonly #document: Document;

  private constructor(path: string, document: Document) {
    this.#path = path;
    this.#document = document;
  }

  static async parse(path: string, text: string): Promise<KubeconfigDocument> {
    const refuse = (why: string, cause?: unknown) =>
      new KubeconfigError(`${path} is not a kubeconfig: ${why}`, { cause });
    const { isMap, isSeq, parseDocument } = await import('yaml');
    const document: Document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) throw refuse(error.message, error);
    if (document.contents === null) document.contents = document.createNode({ apiVersion: 'v1', kind: 'Config' });
    if (!isMap(document.contents)) throw refuse('it is no mapping');
    const kind = document.get('kind') ?? 'Config';
    if (kind !== 'Config') throw refuse(`its kind is ${JSON.stringify(kind)}`);
    for (const section in sections) {
      const list = document.get(section);
      if (list !== undefined && list !== null && !isSeq(list)) throw refuse(`its ${section} are no list`);
    }
    return new KubeconfigDocument(path, document);
  }

  get currentContext(): string {
    const current = this.#document.get('current-context');
    return typeof current === 'string' ? current : '';
  }

  set currentContext(name: string) {
    this.#document.set('current-context', name);
  }

  has(section: Section, name: string): boolean {
    return this.#find(section, name) >= 0;
  }

  /** Adds the entry, or puts it in the place of the owner's entry of that name. */
  put(section: Section, name: string, body: Readonly<Record<string, unknown>>, owner: string): void {
    const extensions = [{ name: EXTENSION, extension: { owner } }];
    const node = this.#document.createNode({ name, [sections[section]]: { ...body, extensions } });
    this.refuseForeign(section, name, owner);
    const index = this.#find(section, name);
    if (index >= 0) this.#document.setIn([section, index], node);
    else if (this.#entries(section).length > 0) this.#document.addIn([section], node);
    else this.#document.set(section, this.#document.createNode([node]));
  }

  /** Throws a `KubeconfigError` when there is an entry of that name and it is not the owner's. */
  refuseForeign(section: Section, name: string, owner: string): void {
    const index = this.#find(section, name);
    if (index >= 0 && this.#owner(section, index) !== owner) {
      const what = `${sections[section]} ${JSON.stringify(name)}`;
      throw new KubeconfigError(
        `${this.#path} already has a ${what} that is not of ${owner}; rename or delete it first`,
      );
    }
  }

  /** Removes the entry if it is the owner's. Returns whether it was. */
  remove(section: Section, name: string, owner: string): boolean {
    const index = this.#find(section, name);
    return index >= 0 && this.#owner(section, index) === owner && this.#document.deleteIn([section, index]);
  }

  toString(): string {
    // Certificates are long lines: folded, they would be other strings to some readers.
    return this.#document.toString({ lineWidth: 0 });
  }

  #find(section: Section, name: string): number {
    return this.#entries(section).findIndex((entry) => fieldOf(entry, 'name') === name);
  }

  #owner(section: Section, index: number): unknown {
    const extensions = fieldOf(fieldOf(this.#entries(section)[index], sections[section]), 'extensions');
    if (!Array.isArray(extensions)) return undefined;
    const own: unknown = extensions.find((extension) => fieldOf(extension, 'name') === EXTENSION);
    return fieldOf(fieldOf(own, 'extension'), 'owner');
  }

  #entries(section: Section): readonly unknown[] {
    const entries = fieldOf(this.#document.toJS(), section);
    return Array.isArray(entries) ? entries : [];
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === field)?.[1]
    : undefined;
}
