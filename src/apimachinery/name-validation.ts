/** Each function returns what is wrong with a name, worded as Kubernetes does; nothing when all is well. */
export type NameProblems = readonly string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const RFC_1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const WILDCARD_SUBDOMAIN = `\\*\\.${SUBDOMAIN}`;

const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const labelPattern = whole(LABEL);
const subdomainPattern = whole(SUBDOMAIN);
const rfc1035Pattern = whole(RFC_1035_LABEL);
const qualifiedPattern = whole(QUALIFIED);
const labelValuePattern = whole(LABEL_VALUE);
const configKeyPattern = whole(CONFIG_KEY);
const wildcardPattern = whole(WILDCARD_SUBDOMAIN);

const bytesOf = (text: string) => Buffer.byteLength(text);
const tooLongBy = (limit: number) => `must be no more than ${limit} bytes`;

/** The sentence Kubernetes makes of a rule, examples and the pattern. */
export function patternProblem(rule: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  const head = examples.length === 0 ? '' : `e.g. ${shown}`;
  return `${rule} (${head}regex used for validation is '${pattern}')`;
}

const ALPHANUMERIC_ENDS = 'and must start and end with an alphanumeric character';

export function dnsLabelProblems(name: string): NameProblems {
  const problems = bytesOf(name) > 63 ? [tooLongBy(63)] : [];
  if (labelPattern.test(name)) return problems;
  if (subdomainPattern.test(name)) return [...problems, 'must not contain dots'];
  const rule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${ALPHANUMERIC_ENDS}`;
  return [...problems, patternProblem(rule, LABEL, 'my-name', '123-abc')];
}

export function dnsSubdomainProblems(name: string): NameProblems {
  const problems = bytesOf(name) > 253 ? [tooLongBy(253)] : [];
  if (subdomainPattern.test(name)) return problems;
  const rule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${ALPHANUMERIC_ENDS}`;
  return [...problems, patternProblem(rule, SUBDOMAIN, 'example.com')];
}

export function wildcardSubdomainProblems(name: string): NameProblems {
  const problems = bytesOf(name) > 253 ? [tooLongBy(253)] : [];
  if (wildcardPattern.test(name)) return problems;
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...problems, patternProblem(rule, WILDCARD_SUBDOMAIN, '*.example.com')];
}

export function rfc1035LabelProblems(name: string): NameProblems {
  const problems = bytesOf(name) > 63 ? [tooLongBy(63)] : [];
  if (rfc1035Pattern.test(name)) return problems;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...problems, patternProblem(rule, RFC_1035_LABEL, 'my-name', 'abc-123')];
}

const QUALIFIED_RULE = `must consist of alphanumeric characters, '-', '_' or '.', ${ALPHANUMERIC_ENDS}`;
const QUALIFIED_EXAMPLES = ['MyName', 'my.name', '123-abc'];

/** Also called a qualified name: `name` or `example.com/name`. */
export function labelKeyProblems(key: string): NameProblems {
  const parts = key.split('/');
  if (parts.length > 2) {
    const rule = patternProblem(`a valid label key ${QUALIFIED_RULE}`, QUALIFIED, ...QUALIFIED_EXAMPLES);
    return [`${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...dnsSubdomainProblems(prefix).map((text) => `prefix part ${text}`));
  if (name === '') problems.push('name part must be non-empty');
  else if (bytesOf(name) > 63) problems.push(`name part ${tooLongBy(63)}`);
  if (!qualifiedPattern.test(name)) {
    problems.push(`name part ${patternProblem(QUALIFIED_RULE, QUALIFIED, ...QUALIFIED_EXAMPLES)}`);
  }
  return problems;
}

export function labelValueProblems(value: string): NameProblems {
  const problems = bytesOf(value) > 63 ? [tooLongBy(63)] : [];
  if (labelValuePattern.test(value)) return problems;
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ${ALPHANUMERIC_ENDS}`;
  return [...problems, patternProblem(rule, LABEL_VALUE, 'MyValue', 'my_value', '12345')];
}

/** What stands safely between two slashes of a URL: the rule for names of RBAC kinds. */
export function pathSegmentProblems(name: string, prefix = false): NameProblems {
  const problems: string[] = [];
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  for (const character of ['/', '%']) if (name.includes(character)) problems.push(`may not contain '${character}'`);
  return problems;
}

/** Keys of a ConfigMap's or Secret's data. */
export function configKeyProblems(key: string): NameProblems {
  const problems = bytesOf(key) > 253 ? [tooLongBy(253)] : [];
  if (!configKeyPattern.test(key)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(patternProblem(rule, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  if (key === '.' || key === '..') problems.push(`must not be '${key}'`);
  else if (key.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** Names of container ports and Service target ports (RFC 6335). */
export function portNameProblems(name: string): NameProblems {
  const problems = bytesOf(name) > 15 ? [tooLongBy(15)] : [];
  if (!/^[-a-z0-9]+$/.test(name)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** A rule for names made into one that also judges a `generateName`, whose end may be a hyphen. */
export function allowingPrefix(rule: (name: string) => NameProblems): (name: string, prefix: boolean) => NameProblems {
  return (name, prefix) => rule(prefix && name.endsWith('-') && name.length > 1 ? `${name.slice(0, -2)}a` : name);
}
