import { isConditionTrue, setCondition, withFinalizer } from '../../apimachinery/index.ts';
import type { ResourceDefinition, WriteContext } from '../../apiserver/index.ts';
import { serviceReferenceDefaults } from '../admissionregistration/client-validation.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionStatus,
} from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { validateDefinition, validateDefinitionStatus, validateDefinitionUpdate } from './definition-validation.ts';

/** Keeps a definition that is being deleted until its objects are gone. */
export const CUSTOM_RESOURCE_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinitions: ResourceDefinition<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.CustomResourceDefinition',
  subresources: [{ type: 'status', name: 'status', validateUpdate: (object) => validateDefinitionStatus(object) }],
  strategy: {
    requireResourceVersion: true,
    defaults,
    prepareForCreate: (object) => withStoredVersion(object, { conditions: [], storedVersions: [], ...NO_NAMES }),
    prepareForUpdate: (object, old) => withStoredVersion(object, old.status ?? NO_NAMES),
    validate: validateDefinition,
    validateUpdate: validateDefinitionUpdate,
    finalizers: (object) => (isTerminating(object) ? [] : [CUSTOM_RESOURCE_CLEANUP]),
    prepareForDelete: terminating,
  },
  columns: [nameColumn, createdAtColumn],
};

const NO_NAMES = { acceptedNames: { plural: '', kind: '' } } as const;

function defaults(object: CustomResourceDefinition): CustomResourceDefinition {
  const { names, conversion } = sent(object).spec ?? {};
  return {
    ...object,
    spec: {
      ...object.spec,
      ...(names === undefined ? {} : { names: nameDefaults(object.spec.names) }),
      conversion: conversionDefaults(conversion === undefined ? { strategy: 'None' } : object.spec.conversion),
    },
  };
}

function nameDefaults(names: CustomResourceDefinitionNames): CustomResourceDefinitionNames {
  const { kind = '', singular = '', listKind = '' } = sent(names);
  if (kind === '') return names;
  return {
    ...names,
    singular: singular === '' ? kind.toLowerCase() : singular,
    listKind: listKind === '' ? `${kind}List` : listKind,
  };
}

function conversionDefaults(conversion: CustomResourceConversion = { strategy: 'None' }): CustomResourceConversion {
  const { webhook } = conversion;
  const strategy = conversion.strategy === '' ? 'None' : conversion.strategy;
  if (webhook?.clientConfig === undefined) return { ...conversion, strategy };
  return {
    ...conversion,
    strategy,
    webhook: { ...webhook, clientConfig: serviceReferenceDefaults(webhook.clientConfig) },
  };
}

/** The version that objects are stored in from now on counts as stored until somebody has moved them and says so. */
function withStoredVersion(
  object: CustomResourceDefinition,
  status: CustomResourceDefinitionStatus,
): CustomResourceDefinition {
  const { storedVersions = [] } = status;
  const storage = (sent(object).spec?.versions ?? []).find((version) => version.storage === true)?.name;
  const isKnown = storage === undefined || storedVersions.includes(storage);
  return { ...object, status: isKnown ? status : { ...status, storedVersions: [...storedVersions, storage] } };
}

function isTerminating({ status }: CustomResourceDefinition): boolean {
  return isConditionTrue(status?.conditions, 'Terminating');
}

function terminating(object: CustomResourceDefinition, { now }: WriteContext): CustomResourceDefinition {
  const condition: CustomResourceDefinitionCondition = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return withFinalizer(
    { ...object, status: { ...object.status, conditions: setCondition(object.status?.conditions, condition, now) } },
    CUSTOM_RESOURCE_CLEANUP,
  );
}
