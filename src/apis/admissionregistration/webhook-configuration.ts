import {
  duplicate,
  invalidValue,
  required,
  rfc1035LabelProblems,
  type FieldError,
  type KubeObject,
} from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition, Strategy } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { invalidBy, oneOf, requiredOneOf, validLabelSelector } from '../field-rules.ts';
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { serviceReferenceDefaults, validateQualifiedDomain, validateWebhookClient } from './client-validation.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { ruleDefaults, validateRule } from './rule-validation.ts';

export const GROUP = 'admissionregistration.k8s.io';
export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 30;

interface Configuration extends KubeObject {
  readonly webhooks?: readonly ValidatingWebhook[];
}

export const validatingWebhookConfigurations: ResourceDefinition<ValidatingWebhookConfiguration> = {
  group: GROUP,
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.ValidatingWebhookConfiguration',
  strategy: strategyOf((webhook: ValidatingWebhook) => webhook, validateWebhook),
  columns: columns(),
};

export const mutatingWebhookConfigurations: ResourceDefinition<MutatingWebhookConfiguration> = {
  group: GROUP,
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.MutatingWebhookConfiguration',
  strategy: strategyOf(
    (webhook: MutatingWebhook): MutatingWebhook => ({ reinvocationPolicy: 'Never', ...webhook }),
    (field, webhook: Sent<MutatingWebhook>) => [
      ...validateWebhook(field, webhook),
      ...oneOf(`${field}.reinvocationPolicy`, webhook.reinvocationPolicy, REINVOCATION_POLICIES),
    ],
  ),
  columns: columns(),
};

function strategyOf<W extends ValidatingWebhook>(
  ownDefaults: (webhook: W) => W,
  validate: (field: string, webhook: Sent<W>) => readonly FieldError[],
): Strategy<KubeObject & { readonly webhooks?: readonly W[] }> {
  return {
    requireResourceVersion: true,
    defaults: (configuration) => {
      const { webhooks } = configuration;
      if (webhooks === undefined) return configuration;
      return { ...configuration, webhooks: webhooks.map((webhook) => ownDefaults(webhookDefaults(webhook))) };
    },
    validate: ({ webhooks = [] }) => {
      const names = webhooks.map(({ name }) => name);
      return webhooks.flatMap((webhook, index) => [
        // @NOTE `Sent` only lets fields be absent, so every webhook is one.
        ...validate(`webhooks[${index}]`, webhook as Sent<W>),
        ...(names.indexOf(webhook.name) < index ? [duplicate(`webhooks[${index}].name`, webhook.name)] : []),
      ]);
    },
  };
}

function webhookDefaults<W extends ValidatingWebhook>(webhook: W): W {
  const { clientConfig, rules } = sent<ValidatingWebhook>(webhook);
  return {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: TIMEOUT_SECONDS,
    ...webhook,
    ...(clientConfig === undefined ? {} : { clientConfig: serviceReferenceDefaults(clientConfig) }),
    ...(rules === undefined ? {} : { rules: rules.map(ruleDefaults) }),
  };
}

function validateWebhook(field: string, webhook: Sent<ValidatingWebhook>): readonly FieldError[] {
  const { name = '', rules = [], clientConfig = {}, timeoutSeconds = TIMEOUT_SECONDS, sideEffects } = webhook;
  const isTimeout = timeoutSeconds >= 1 && timeoutSeconds <= MAX_TIMEOUT_SECONDS;
  return [
    ...validateReviewVersions(`${field}.admissionReviewVersions`, webhook.admissionReviewVersions ?? []),
    ...validateQualifiedDomain(`${field}.name`, name),
    ...rules.flatMap((rule, index) => validateRule(`${field}.rules[${index}]`, rule)),
    ...oneOf(`${field}.failurePolicy`, webhook.failurePolicy, FAILURE_POLICIES),
    ...oneOf(`${field}.matchPolicy`, webhook.matchPolicy, MATCH_POLICIES),
    ...(sideEffects === undefined
      ? [required(`${field}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`)]
      : requiredOneOf(`${field}.sideEffects`, sideEffects, SIDE_EFFECTS)),
    ...(isTimeout
      ? []
      : [
          invalidValue(`${field}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'),
        ]),
    ...validLabelSelector(`${field}.namespaceSelector`, webhook.namespaceSelector),
    ...validLabelSelector(`${field}.objectSelector`, webhook.objectSelector),
    ...validateWebhookClient(`${field}.clientConfig`, clientConfig),
    ...validateMatchConditions(`${field}.matchConditions`, webhook.matchConditions),
  ];
}

function validateReviewVersions(field: string, versions: readonly string[]): readonly FieldError[] {
  const known = REVIEW_VERSIONS.join(', ');
  if (versions.length === 0) return [required(field, `must specify one of ${known}`)];
  return [
    ...versions.flatMap((version, index) =>
      versions.indexOf(version) < index
        ? [invalidValue(`${field}[${index}]`, version, 'duplicate version')]
        : invalidBy(`${field}[${index}]`, version, rfc1035LabelProblems(version)),
    ),
    ...(versions.some((version) => REVIEW_VERSIONS.includes(version))
      ? []
      : [invalidValue(field, versions, `must include at least one of ${known}`)]),
  ];
}

function columns(): readonly Column<Configuration>[] {
  return [
    nameColumn,
    {
      name: 'Webhooks',
      type: 'integer',
      description: 'How many are asked.',
      value: ({ webhooks = [] }) => webhooks.length,
    },
    ageColumn,
  ];
}
