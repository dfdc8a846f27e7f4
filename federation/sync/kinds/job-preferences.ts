import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { annotations } from '../../apis/index.ts';
import { defaultPreferences, parsePreferences, type ReplicaPreferences } from '../../scheduling/index.ts';

/** By the annotation; without one evenly. */
export function jobPreferencesOf({ metadata }: KubeObject): ReplicaPreferences | { readonly problem: string } {
  const text = metadata.annotations?.[annotations.jobPreferences];
  if (text === undefined) return defaultPreferences;
  const parsed = parsePreferences(text);
  if (parsed.ok) return parsed.preferences;
  return { problem: `annotation ${annotations.jobPreferences} cannot be read, all stays as it is: ${parsed.problem}` };
}
