/** Which resources are encrypted with what; `apiserver.config.k8s.io/v1`, validated. */
export interface EncryptionConfiguration {
  /** The first entry that names a resource is the one for it. */
  readonly resources: readonly EncryptedResources[];
}

export interface EncryptedResources {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` for the core group, `*.*`. */
  readonly resources: readonly string[];
  /** The first one writes, all of them read. */
  readonly providers: readonly EncryptionProvider[];
}

export type EncryptionProvider =
  | { readonly type: 'identity' }
  /** The first key writes. */
  | { readonly type: CipherName; readonly keys: readonly EncryptionKey[] };

type CipherName = 'aescbc' | 'aesgcm' | 'secretbox';

export interface EncryptionKey {
  readonly name: string;
  readonly secret: Buffer;
}

/** What is wrong with a configuration, a problem a line. */
export class EncryptionConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'EncryptionConfigurationError';
  }
}

const API_VERSIONS = ['apiserver.config.k8s.io/v1'];
/** In bytes. */
const KEY_SIZES: Readonly<Record<CipherName, readonly number[]>> = {
  aescbc: [16, 24, 32],
  aesgcm: [16, 24, 32],
  secretbox: [32],
};
const KNOWN = ['kms', 'aesgcm', 'aescbc', 'secretbox', 'identity'];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads YAML or JSON. Throws `EncryptionConfigurationError`; no message tells anything of a key. */
export async function parseEncryptionConfiguration(text: string): Promise<EncryptionConfiguration> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    // Only the position: the message quotes the line, which may hold a key.
    throw new EncryptionConfigurationError(document.errors.map(({ code, pos }) => `not YAML: ${code} at ${pos[0]}`));
  }
  const problems: string[] = [];
  const file = objectOf(document.toJS());
  if (file['kind'] !== 'EncryptionConfiguration') problems.push(required('kind', 'must be EncryptionConfiguration'));
  if (!API_VERSIONS.includes(String(file['apiVersion']))) {
    problems.push(required('apiVersion', `must be ${API_VERSIONS.join(' or ')}`));
  }
  checkFields(file, ['apiVersion', 'kind', 'metadata', 'resources'], { path: '', problems });
  const entries = listOf(file['resources']);
  if (entries.length === 0) problems.push(required('resources', 'at least one resources is required'));
  const resources = entries.map((entry, i) => resourcesOf(objectOf(entry), { path: `resources[${i}]`, problems }));
  if (problems.length > 0) throw new EncryptionConfigurationError(problems);
  return { resources };
}

/** Where in the file, and what is wrong with it so far. */
interface Place {
  readonly path: string;
  readonly problems: string[];
}

function resourcesOf(entry: Readonly<Record<string, unknown>>, { path, problems }: Place): EncryptedResources {
  checkFields(entry, ['resources', 'providers'], { path, problems });
  const resources = listOf(entry['resources']).map(String);
  const providers = listOf(entry['providers']);
  if (resources.length === 0) problems.push(required(`${path}.resources`, 'at least one resources is required'));
  if (providers.length === 0) problems.push(required(`${path}.providers`, 'at least one providers is required'));
  for (const [i, name] of resources.entries()) {
    const problem = resourceProblem(name);
    if (problem !== undefined) problems.push(invalid(`${path}.resources[${i}]`, JSON.stringify(name), problem));
  }
  problems.push(...overlaps(resources).map((why) => invalid(`${path}.resources`, JSON.stringify(resources), why)));
  return {
    resources,
    providers: providers.flatMap(
      (provider, i) => providerOf(objectOf(provider), { path: `${path}.providers[${i}]`, problems }) ?? [],
    ),
  };
}

function resourceProblem(name: string): string | undefined {
  const [resource, ...group] = name.split('.');
  if (name !== name.toLowerCase()) return 'resource name should not contain capital letters';
  if (name === '*') return "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources";
  switch (group.join('.')) {
    case 'events.k8s.io':
      return "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file";
    case 'extensions':
      return "'extensions' group has been removed and cannot be used for encryption";
    case '*':
      return resource === '*' ? undefined : 'encrypting the same resource across groups is not supported';
    default:
      return undefined;
  }
}

function overlaps(resources: readonly string[]): string[] {
  const names = resources.map((name) => (name.includes('.') ? name : `${name}.`));
  const groupOf = (name: string) => name.slice(name.indexOf('.'));
  const isMasked = (name: string, index: number) =>
    names.some((other, at) => at !== index && other !== name && (other === '*.*' || other === `*${groupOf(name)}`));
  return [
    ...(new Set(names).size < names.length ? ['the same resource cannot be specified multiple times'] : []),
    ...(names.some(isMasked)
      ? [
          "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked",
        ]
      : []),
  ];
}

function providerOf(
  provider: Readonly<Record<string, unknown>>,
  { path, problems }: Place,
): EncryptionProvider | undefined {
  const names = Object.keys(provider);
  const [type = ''] = names;
  if (names.length > 1) {
    const why = 'more than one provider specified in a single element, should split into different list elements';
    problems.push(invalid(path, JSON.stringify(names), why));
    return undefined;
  }
  if (type === 'kms') {
    problems.push(invalid(`${path}.kms`, '"kms"', 'key management services are not supported'));
    return undefined;
  }
  if (type === 'identity') return { type };
  if (type === 'aescbc' || type === 'aesgcm' || type === 'secretbox') {
    const place = { path: `${path}.${type}.keys`, problems };
    return { type, keys: keysOf(objectOf(provider[type]), KEY_SIZES[type], place) };
  }
  const why = `provider does not contain any of the expected providers: ${KNOWN.join(', ')}`;
  problems.push(invalid(path, JSON.stringify(names), why));
  return undefined;
}

function keysOf(
  { keys }: Readonly<Record<string, unknown>>,
  sizes: readonly number[],
  { path, problems }: Place,
): EncryptionKey[] {
  const list = listOf(keys);
  if (list.length === 0) problems.push(required(path, 'at least one keys is required'));
  return list.map((entry, i) => {
    const { name = '', secret = '' } = objectOf(entry);
    const where = `${path}[${i}]`;
    const bytes = Buffer.from(String(secret), 'base64');
    if (name === '') problems.push(required(`${where}.name`, 'name is a mandatory field for a key'));
    if (secret === '') problems.push(required(`${where}.secret`, 'secret is a mandatory field for a key'));
    else if (!BASE64.test(String(secret))) {
      problems.push(invalid(`${where}.secret`, '"REDACTED"', 'secrets must be base64 encoded'));
    } else if (!sizes.includes(bytes.length)) {
      const why = `secret is not of the expected length, got ${bytes.length}, expected one of [${sizes.join(' ')}]`;
      problems.push(invalid(`${where}.secret`, '"REDACTED"', why));
    }
    return { name: String(name), secret: bytes };
  });
}

function checkFields(value: object, known: readonly string[], { path, problems }: Place): void {
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) problems.push(`${path === '' ? '' : `${path}.`}${field}: unknown field`);
  }
}

const required = (path: string, why: string) => `${path}: Required value: ${why}`;
const invalid = (path: string, value: string, why: string) => `${path}: Invalid value: ${value}: ${why}`;

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
