export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Between two neighbours only: RFC 9110 §7.6.1. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Said to this server, and nobody behind it may learn it; answers are looked into, and so come as they are. */
const OURS = /^(authorization|accept-encoding|audit-id|host|impersonate-.*|x-remote-.*|:.*)$/;

/** Without what is between two neighbours, or between the client and this server. */
export function passable(headers: HeaderValues): Record<string, string | string[]> {
  const named = new Set(
    oneValue(headers['connection'])
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name) || OURS.test(name)) continue;
    kept[name] = typeof value === 'string' ? value : [...value];
  }
  return kept;
}

export function oneValue(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}
