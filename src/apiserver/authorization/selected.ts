import { parseFieldSelector, pathSegmentProblems, type FieldSelector } from '../../apimachinery/index.ts';

/** What a request says of many objects at once, as far as somebody may be allowed some of them alone. */
export interface Selected {
  readonly fieldSelector?: FieldSelector;
  /** The only object that it can be about. */
  readonly name?: string;
}

const NOTHING: Selected = {};
const VERBS: readonly string[] = ['list', 'watch', 'deletecollection'];

/** A selector that cannot be read selects nothing here; whoever is allowed so much is told what is wrong with it. */
export function selectedBy(verb: string, text: string | null | undefined): Selected {
  if (text === null || text === undefined || text === '' || !VERBS.includes(verb)) return NOTHING;
  const fieldSelector = parsed(text);
  if (fieldSelector === undefined) return NOTHING;
  const term = fieldSelector.find(({ field, operator }) => field === 'metadata.name' && operator === '=');
  if (term === undefined || term.value === '' || pathSegmentProblems(term.value).length > 0) return { fieldSelector };
  return { fieldSelector, name: term.value };
}

function parsed(text: string): FieldSelector | undefined {
  try {
    return parseFieldSelector(text);
  } catch {
    return undefined;
  }
}
