/** What is used of Node's request. */
interface Sent {
  readonly headers: Readonly<Record<string, unknown>>;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

export type IdentityHeaders = Readonly<Record<string, readonly string[]>>;

const NONE: IdentityHeaders = {};

/**
 * The headers that say who asks, or for whom, each value as it was sent: Node joins those that stand more than once by
 * commas, which names of users and groups may have, and takes UTF-8 for Latin-1.
 */
export function identityHeaders({ headers, rawHeaders }: Sent): IdentityHeaders {
  if (!Object.keys(headers).some(isAboutIdentity)) return NONE;
  const found: Record<string, string[]> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i]?.toLowerCase(), rawHeaders[i + 1]];
    if (!isAboutIdentity(name)) continue;
    (found[name] ??= []).push(Buffer.from(value, 'latin1').toString('utf8'));
  }
  return found;
}

function isAboutIdentity(name: string): boolean {
  return name.startsWith('impersonate-') || name.startsWith('x-remote-');
}
