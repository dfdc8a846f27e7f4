export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** All must hold; an empty one matches everything. */
export type FieldSelector = readonly FieldRequirement[];

/** Reads `a.b=c,d!=e`; a backslash stands before a `,`, `=` or backslash that is meant. Throws an `Error` as Kubernetes words it. */
export function parseFieldSelector(text: string): FieldSelector {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text));
}

/** `valueOf` gives a field's value, empty where the object has none. */
export function matchesFields(selector: FieldSelector, valueOf: (field: string) => string): boolean {
  return selector.every(({ field, operator, value }) => (valueOf(field) === value) === (operator === '='));
}

function splitTerms(text: string): readonly string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? [];
}

function parseTerm(term: string, selector: string): FieldRequirement {
  const parts = /^((?:\\.|[^=!\\]|!(?!=))*)(!=|==|=)(.*)$/s.exec(term);
  const [, field, operator, value] = parts ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    throw new Error(`invalid selector: '${selector}'; can't understand '${term}'`);
  }
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  if (!/^(?:[^\\=]|\\[\\,=])*$/s.test(value)) {
    throw new Error(`invalid field selector: invalid escape or unescaped character in ${value}`);
  }
  return value.replaceAll(/\\([\\,=])/g, '$1');
}
