import { randomInt } from 'node:crypto';
import type { Chooser } from '../../choice/index.ts';
import type { ZoneSource } from '../../zone/index.ts';
import type { OnChosen } from '../choosing.ts';
import type { ServerCookies } from '../cookies/server-cookies.ts';
import { NameStamps } from './name-stamps.ts';
import { QuestionKey } from './question-key.ts';
import { QuickAnswers } from './quick-answers.ts';

export type QuickContent =
  | { readonly zones: ZoneSource; readonly choosing: { readonly chooser: Chooser; readonly onChosen: OnChosen } }
  | { readonly generation: () => unknown };

export interface QuickAnswering {
  /** Absent where nothing can be kept. */
  readonly quick: QuickAnswers | undefined;
  /** When it is not asked any more. */
  readonly stop: () => void;
}

/** For answers of zones, or of a handler with a generation. */
export function createQuickAnswers(
  content: QuickContent | undefined,
  cookies: ServerCookies | undefined,
): QuickAnswering {
  if (content === undefined) return { quick: undefined, stop: () => undefined };
  const stamps = new NameStamps();
  const key = new QuestionKey(randomInt(2 ** 31));
  if ('generation' in content) {
    const { generation } = content;
    return { quick: new QuickAnswers({ key, stamps, cookies, generation }), stop: () => undefined };
  }
  const { zones, choosing } = content;
  const stop = zones.onChange(({ names }) => {
    stamps.touch(names);
  });
  const zoneOf = (name: string) => zones.current().find(name);
  return { quick: new QuickAnswers({ key, stamps, cookies, choosing, zoneOf }), stop };
}
