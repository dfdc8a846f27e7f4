import { badRequest } from '../../apimachinery/index.ts';

/** What an annotation holds that is JSON; `undefined` where there is none. */
export function parsed(annotation: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (err) {
    throw badRequest(`metadata.annotations[${annotation}] is not JSON`, err);
  }
}
