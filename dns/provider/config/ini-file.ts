import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProviderConfigError } from './provider-config-error.ts';
import type { SettingsSource, SettingValue } from './provider-settings.ts';

/**
 * A provider's INI file as the original read it: keys in `[Global]`, or before any section; a key that is written several
 * times is a list. Rejects with `ProviderConfigError`.
 */
export async function readIniFile(path: string): Promise<SettingsSource> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new ProviderConfigError(`${path} cannot be read: ${why}`, { cause: err });
  }
  const { parse } = await import('ini');
  return { values: settingsOf(parse(text, { bracketedArray: false }), path), where: path, directory: dirname(path) };
}

function settingsOf(content: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, SettingValue>> {
  const values: Record<string, SettingValue> = {};
  const take = (key: string, value: unknown) => {
    if (Object.hasOwn(values, key)) throw new ProviderConfigError(`${path}: "${key}" is given twice`);
    if (!isSetting(value)) throw new ProviderConfigError(`${path}: unknown section [${key}]`);
    values[key] = value;
  };
  for (const [key, value] of Object.entries(content)) {
    if (!isSection(value) || key.toLowerCase() !== 'global') take(key, value);
    else for (const [inner, setting] of Object.entries(value)) take(inner, setting);
  }
  return values;
}

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSetting = (value: unknown): value is SettingValue =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  typeof value === 'number' ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'));
