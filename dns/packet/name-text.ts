import { labelEnd } from '../zone/index.ts';

/** Lower-case text of a label's bytes; dots, backslashes and what cannot be printed escaped. */
export function labelText(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (PLAIN.test(text)) return text;
  return text.replace(/[^]/g, (char: string) => {
    const code = char.charCodeAt(0);
    if (char === '.' || char === '\\') return `\\${char}`;
    if (code <= 32 || code >= 127) return `\\${String(code).padStart(3, '0')}`;
    return char.toLowerCase();
  });
}

const PLAIN = /^[a-z0-9_*/-]*$/;

/** The labels of a name with the bytes each stands for, and the name from there on (what compression remembers). */
export function* labelsOf(name: string): Generator<{ readonly label: string; readonly rest: string }> {
  for (let at = 0; at < name.length;) {
    const end = labelEnd(name, at);
    const label = name.slice(at, end);
    yield { label: label.includes('\\') ? unescaped(label) : label, rest: name.slice(at) };
    at = end + 1;
  }
}

function unescaped(label: string): string {
  return label.replace(/\\(\d{3}|[^])/g, (_, what: string) =>
    what.length === 3 ? String.fromCharCode(Number(what)) : what,
  );
}
