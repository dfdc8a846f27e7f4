/** What every name of a federation ends in: `<service>.<namespace>.<federation>.svc[.<zone>][.<region>].<suffix>`. */
export interface Naming {
  readonly federation: string;
  /** Lower case, without trailing dot. */
  readonly suffix: string;
}

const MAX_NAME_LENGTH = 253;
const LABELS = /^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*$/;

export function namingOf(federation: string, suffix: string): Naming {
  return { federation: federation.toLowerCase(), suffix: suffix.toLowerCase().replace(/\.$/, '') };
}

/**
 * The name of a service at one level; `levels` is empty for the global one, `[region]` or `[zone, region]` below it.
 * `undefined` where that is no name DNS can carry: a label value may hold what a label of DNS may not.
 */
export function recordName(
  naming: Naming,
  service: { readonly namespace: string; readonly name: string },
  levels: readonly string[] = [],
): string | undefined {
  const labels = [service.name, service.namespace, naming.federation, 'svc', ...levels, naming.suffix];
  const name = labels.join('.').toLowerCase();
  return name.length <= MAX_NAME_LENGTH && LABELS.test(name) ? name : undefined;
}

/** `namespace/name` of the service that a record name is of; `undefined` for names that are not this federation's. */
export function serviceKeyOf(naming: Naming, name: string): string | undefined {
  if (!name.endsWith(`.${naming.suffix}`)) return undefined;
  const labels = name.slice(0, -naming.suffix.length - 1).split('.');
  const [service, namespace, federation, svc] = labels;
  if (service === undefined || namespace === undefined || federation !== naming.federation || svc !== 'svc') {
    return undefined;
  }
  return `${namespace}/${service}`;
}

/** At or below `<federation>.svc`, at whatever level: names of services, and what would hide them. */
export function isFederationName(naming: Naming, name: string): boolean {
  if (!name.endsWith(`.${naming.suffix}`)) return false;
  const labels = name.slice(0, -naming.suffix.length - 1).split('.');
  return labels.some((label, index) => label === naming.federation && labels[index + 1] === 'svc');
}
