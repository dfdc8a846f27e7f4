import { configMaps, namespaces, secrets, serviceAccounts } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { ROOT_CA, rootCaReconciler, serviceAccountReconciler } from './service-account.ts';
import { TOKEN_SECRET, tokenSecretReconciler } from './token-secret.ts';

export const serviceAccountController: ControllerDefinition = {
  name: 'serviceaccount',
  build({ informers, client }, queue) {
    const namespaceInformer = informers.of(namespaces);
    const informer = informers.of(serviceAccounts);
    namespaceInformer.onEvent(({ key, type }) => {
      if (type !== 'delete') queue.add(key);
    });
    informer.onEvent(({ type, object }) => {
      if (type === 'delete') queue.add(object.metadata.namespace ?? '');
    });
    return serviceAccountReconciler({
      namespaces: namespaceInformer.lister,
      serviceAccounts: informer.lister,
      client,
    });
  },
};

export const rootCaController: ControllerDefinition = {
  name: 'root-ca-certificate-publisher',
  build({ informers, client, settings }, queue) {
    const namespaceInformer = informers.of(namespaces);
    const informer = informers.of(configMaps, { fieldSelector: `metadata.name=${ROOT_CA}` });
    namespaceInformer.onEvent(({ key, type }) => {
      if (type !== 'delete') queue.add(key);
    });
    informer.onEvent(({ type, object }) => {
      if (type !== 'add') queue.add(object.metadata.namespace ?? '');
    });
    return rootCaReconciler({
      namespaces: namespaceInformer.lister,
      configMaps: informer.lister,
      rootCa: settings.rootCa,
      client,
    });
  },
};

export const tokenSecretController: ControllerDefinition = {
  name: 'serviceaccount-token',
  build({ informers, client, settings }, queue) {
    const informer = informers.of(secrets, { fieldSelector: `type=${TOKEN_SECRET}` });
    informer.onEvent(({ key }) => {
      queue.add(key);
    });
    informers.of(serviceAccounts).onEvent(({ type, object }) => {
      if (type !== 'delete') return;
      for (const { metadata } of informer.lister.list(object.metadata.namespace)) {
        queue.add(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`);
      }
    });
    const { rootCa, issueToken } = settings;
    return tokenSecretReconciler({ secrets: informer.lister, client, rootCa, issueToken });
  },
};
