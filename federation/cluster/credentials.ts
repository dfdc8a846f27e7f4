import { parse } from 'yaml';

/** How a member is addressed: what a client needs beside the server's URL. */
export interface MemberCredentials {
  /** PEM; the system's own authorities when absent. */
  readonly ca?: string;
  readonly credentials?: { readonly token: string } | { readonly certificate: string; readonly key: string };
  readonly insecureSkipTlsVerify?: boolean;
}

type SecretData = Readonly<Record<string, string>>;

/**
 * Reads a Secret as `kubefed join` wrote it: `token` beside `ca.crt`, or else a `kubeconfig`, of which the server
 * address is not used. Throws an `Error` that says what is missing or not supported.
 */
export function credentialsOf(data: SecretData): MemberCredentials {
  const token = decoded(data, 'token');
  const ca = decoded(data, 'ca.crt');
  if (token !== undefined && ca !== undefined) return { ca, credentials: { token } };
  if (token !== undefined) throw new Error('it has token but not ca.crt');
  const kubeconfig = decoded(data, 'kubeconfig');
  if (kubeconfig === undefined) throw new Error('it has neither token and ca.crt nor kubeconfig');
  return credentialsOfKubeconfig(kubeconfig);
}

function decoded(data: SecretData, key: string): string | undefined {
  const value = data[key];
  return value === undefined || value === '' ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

type Fields = Readonly<Record<string, unknown>>;

function credentialsOfKubeconfig(text: string): MemberCredentials {
  const config = fieldsOf(parse(text), 'kubeconfig');
  const contextName = textOf(config, 'current-context') ?? '';
  const context = named(config, 'contexts', contextName, 'context');
  const cluster = named(config, 'clusters', textOf(context, 'cluster') ?? '', 'cluster');
  const user = named(config, 'users', textOf(context, 'user') ?? '', 'user');
  const ca = base64Of(cluster, 'certificate-authority-data');
  refuse(cluster, ['certificate-authority', 'proxy-url', 'tls-server-name']);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...userCredentials(user),
  };
}

function userCredentials(user: Fields): Pick<MemberCredentials, 'credentials'> {
  refuse(user, [
    'client-certificate',
    'client-key',
    'tokenFile',
    'username',
    'password',
    'exec',
    'auth-provider',
    'as',
  ]);
  const certificate = base64Of(user, 'client-certificate-data');
  const key = base64Of(user, 'client-key-data');
  if (certificate !== undefined && key !== undefined) return { credentials: { certificate, key } };
  const token = textOf(user, 'token');
  return token === undefined ? {} : { credentials: { token } };
}

/** What needs files or programs of the machine that wrote the kubeconfig cannot work here: say so. */
function refuse(fields: Fields, names: readonly string[]): void {
  const found = names.find((name) => fields[name] !== undefined);
  if (found !== undefined) throw new Error(`its kubeconfig uses ${found}, which a stored kubeconfig cannot`);
}

function named(config: Fields, list: string, name: string, field: string): Fields {
  const items: unknown = config[list];
  if (Array.isArray(items)) {
    for (const item of items) {
      const entry = fieldsOf(item, list);
      if (entry['name'] === name) return fieldsOf(entry[field], `${list} ${name}`);
    }
  }
  throw new Error(`its kubeconfig has no ${field} ${JSON.stringify(name)}`);
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not a mapping`);
  return Object.fromEntries(Object.entries(value));
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function base64Of(fields: Fields, name: string): string | undefined {
  const value = textOf(fields, name);
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}
