import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProviderConfigError } from './provider-config-error.ts';

export type SettingValue = string | number | boolean | readonly string[];

export interface SettingsSource {
  readonly values: Readonly<Record<string, SettingValue>>;
  /** Begins every message: a file, or a key of one. */
  readonly where: string;
  /** Files are named relative to it. */
  readonly directory: string;
}

/**
 * A provider's own keys, from a fleet file or an INI file. `zoneFile`, `zone-file` and `ZoneFile` are one key; messages use
 * the first. Every getter throws `ProviderConfigError` on a value that is none of its kind.
 */
export class ProviderSettings {
  readonly #source: SettingsSource;
  /** By key in its one spelling. */
  readonly #values = new Map<string, { readonly key: string; readonly value: SettingValue }>();
  readonly #asked = new Set<string>();

  constructor(source: SettingsSource) {
    this.#source = source;
    for (const [key, value] of Object.entries(source.values)) {
      const before = this.#values.get(spelling(key));
      if (before !== undefined) throw this.#problem(`"${before.key}" and "${key}" are the same key`);
      this.#values.set(spelling(key), { key, value });
    }
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  text(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'object') throw this.problem(key, 'is one text, not a list');
    if (value === '') throw this.problem(key, 'is empty');
    return String(value);
  }

  required(key: string): string {
    const text = this.text(key);
    if (text === undefined) throw this.#problem(`"${key}" is missing`);
    return text;
  }

  oneOf<T extends string>(key: string, known: readonly T[]): T | undefined {
    const text = this.text(key);
    const found = known.find((value) => value === text);
    if (text !== undefined && found === undefined) throw this.problem(key, `is not one of ${known.join(', ')}`);
    return found;
  }

  integer(key: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const number = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (number >= min && number <= max) return number;
    throw this.problem(key, `is not a whole number from ${min} to ${max}`);
  }

  flag(key: string): boolean | undefined {
    const text = this.oneOf(key, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  /** A list, or one text with commas between the items; empty when absent. */
  list(key: string): readonly string[] {
    const value = this.#get(key);
    if (value === undefined) return [];
    const items = typeof value === 'object' ? value : String(value).split(',');
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }

  /** An absolute path. */
  path(key: string): string | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : resolve(this.#source.directory, text);
  }

  /** What is said at `key`, or by the file that `<key>File` names, without the white space around it. */
  async secret(key: string): Promise<string | undefined> {
    const inline = this.text(key);
    const file = this.path(`${key}File`);
    if (inline !== undefined && file !== undefined) {
      throw this.#problem(`"${key}" and "${key}File" are both given: one of them is enough`);
    }
    if (file === undefined) return inline;
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      throw new ProviderConfigError(`${this.#source.where}: "${key}File" cannot be read: ${why}`, { cause: err });
    }
  }

  /** To be thrown where a value fits its kind but not the provider. Never say a secret in it. */
  problem(key: string, what: string): ProviderConfigError {
    return this.#problem(`"${key}" ${what}`);
  }

  /** Throws for keys that nobody has asked for. */
  assertAllAsked(): void {
    for (const [known, { key }] of this.#values) {
      if (!this.#asked.has(known)) throw this.#problem(`unknown key "${key}"`);
    }
  }

  #get(key: string): SettingValue | undefined {
    this.#asked.add(spelling(key));
    return this.#values.get(spelling(key))?.value;
  }

  #problem(what: string): ProviderConfigError {
    return new ProviderConfigError(`${this.#source.where}: ${what}`);
  }
}

const spelling = (key: string) => key.toLowerCase().replaceAll(/[-_]/g, '');
