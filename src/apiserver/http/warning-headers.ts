/** Clients refuse answers with long headers: beyond this, as in Kubernetes, warnings are cut and the rest left out. */
const MAX_TOTAL = 4 * 1024;
const MAX_EACH_WHEN_CUT = 256;

/** `Warning` headers (RFC 7234 §5.5; 299 is for warnings that last), none twice. */
export function warningHeaders(warnings: readonly string[]): string[] {
  const texts = new Set(warnings);
  const total = texts.values().reduce((sum, text) => sum + text.length, 0);
  if (total <= MAX_TOTAL) return [...texts].map(headerOf);
  const headers: string[] = [];
  let written = 0;
  for (const text of texts) {
    const cut = text.slice(0, MAX_EACH_WHEN_CUT);
    written += cut.length;
    if (written > MAX_TOTAL) break;
    headers.push(headerOf(cut));
  }
  return headers;
}

function headerOf(text: string): string {
  return `299 - ${JSON.stringify(text.replaceAll(/[^\t\x20-\x7e]/g, '?'))}`;
}
