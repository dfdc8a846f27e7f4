import { typeTable } from '../../src/apis/index.ts';
import {
  createApiServer,
  namespaceLifecycle,
  type ApiServer,
  type ApiServerOptions,
  type SecureServing,
  type UserInfo,
} from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import { createMetrics, silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { createTestCertificates, type TestCertificates } from './certificates.ts';
import { testResources } from './resources.ts';

export interface TestApiServerOptions extends Partial<ApiServerOptions> {
  /** Also serve HTTPS, on a free port of 127.0.0.1. */
  readonly listen?: boolean;
  /** Those to listen with; new ones when absent, which takes a moment. */
  readonly certificates?: TestCertificates;
  readonly limits?: NonNullable<SecureServing['limits']>;
  /** Created before anything else, when namespaces are served; `default` alone when absent. */
  readonly namespaces?: readonly string[];
}

export interface TestApiServer extends AsyncDisposable {
  readonly server: ApiServer;
  /** In-process, a member of `system:masters`. */
  readonly admin: Client;
  client(user: UserInfo): Client;
  /** Empty unless it listens. */
  readonly url: string;
  /** Of the HTTPS listener; throws unless it listens. */
  readonly certificates: TestCertificates;
}

export const adminUser: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters'] };

/** An API server on memory storage, with the clients that a test needs. */
export async function startTestApiServer(options: TestApiServerOptions = {}): Promise<TestApiServer> {
  const { listen = false, limits = {}, namespaces = ['default'], certificates: own, ...given } = options;
  const clock = given.clock ?? systemClock;
  const server = createApiServer({
    resources: testResources,
    storage: createMemoryStorage({ clock }),
    types: typeTable,
    admission: (own) => [namespaceLifecycle(own)],
    log: silentLogger,
    metrics: createMetrics(),
    ...given,
    clock,
  });
  const admin = server.client(adminUser);
  const certificates = listen ? await certificatesOf(own) : undefined;
  const listener = certificates === undefined ? undefined : server.listener({ ...certificates.serving, limits });
  const running = await start(listener === undefined ? [] : [listener]);
  await createNamespaces(admin, options.resources ?? testResources, namespaces);
  return {
    server,
    admin,
    client: (user) => server.client(user),
    url: listener?.url ?? '',
    get certificates() {
      if (certificates === undefined) throw new TypeError('start it with { listen: true }');
      return certificates;
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

function certificatesOf(own: TestCertificates | undefined): Promise<TestCertificates> {
  return own === undefined ? createTestCertificates() : Promise.resolve(own);
}

async function createNamespaces(
  admin: Client,
  resources: ApiServerOptions['resources'],
  names: readonly string[],
): Promise<void> {
  const resource = resources.find(({ group, plural }) => group === '' && plural === 'namespaces');
  if (resource === undefined) return;
  for (const name of names) await admin.create(resource, { metadata: { name } });
}
