import type { Client } from '../client/index.ts';
import { AdmissionChain } from './admission/chain.ts';
import type { ApiServer, ApiServerOptions } from './api-server.ts';
import { authenticated, serverItself } from './authentication/users.ts';
import { discoveryAuthorizer, mastersAuthorizer, unionAuthorizer } from './authorization/authorizers.ts';
import { InProcessClient } from './in-process/in-process-client.ts';
import { Codec } from './registry/codec.ts';
import { Registries } from './registry/registries.ts';
import { Registry } from './registry/registry.ts';
import type { Authorizer } from './security.ts';

const everything: Authorizer = async () => ({ allowed: true });

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { resources, storage, types, clock } = options;
  const admission = new AdmissionChain(() => options.admission?.(own) ?? []);
  const registries = new Registries(
    resources.map((definition) => {
      return new Registry({ definition, storage, types, clock, admission, codec: new Codec(definition) });
    }),
  );
  const raw = async (path: string): Promise<string> => {
    throw new TypeError(`no ${path}`);
  };
  const own: Client = new InProcessClient({ user: serverItself, registries, authorizer: everything, raw });
  const authorizer = options.authorizer?.(own) ?? unionAuthorizer(mastersAuthorizer, discoveryAuthorizer);
  return {
    client: (user) => new InProcessClient({ user: authenticated(user), registries, authorizer, raw }),
    listener: () => {
      throw new TypeError('not yet');
    },
  };
}
