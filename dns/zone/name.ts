/** Where the label that begins at `start` ends: at its dot, or at the end of the name. */
export function labelEnd(name: string, start: number): number {
  const dot = name.indexOf('.', start);
  if (!name.includes('\\')) return dot === -1 ? name.length : dot;
  for (let at = start; at < name.length; at++) {
    if (name[at] === '\\') at++;
    else if (name[at] === '.') return at;
  }
  return name.length;
}

/** The name without its first label; the root has no parent. */
export function parentOf(name: string): string | undefined {
  return name === '' ? undefined : name.slice(labelEnd(name, 0) + 1);
}

/** `name` is `zone` or below it. */
export function isWithin(name: string, zone: string): boolean {
  if (!name.includes('\\')) return name === zone || zone === '' || name.endsWith(`.${zone}`);
  for (let at: string | undefined = name; at !== undefined && at.length >= zone.length; at = parentOf(at)) {
    if (at === zone) return true;
  }
  return false;
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const ONE_LABEL = new RegExp(`^${LABEL}$`);
const NAME = new RegExp(`^(?:${LABEL})(?:\\.${LABEL})*$`);
const MAX_NAME_LENGTH = 253;

/** What is wrong with a name that is to be published (or pointed at), or undefined. */
export function nameProblem(name: string, { wildcard = false } = {}): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return `name ${JSON.stringify(name)} is longer than ${MAX_NAME_LENGTH} characters`;
  if (NAME.test(name)) return undefined;
  const labels = name.split('.');
  const bad = labels.find((label) => !ONE_LABEL.test(label) && !(wildcard && label === '*'));
  if (bad === undefined) return undefined;
  return `name ${JSON.stringify(name)} has the label ${JSON.stringify(bad)}: lower-case letters, digits, "-" and "_", 1 to 63 of them, no "-" at an end`;
}
