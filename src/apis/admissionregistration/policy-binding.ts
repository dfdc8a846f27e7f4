import {
  dnsSubdomainProblems,
  duplicate,
  forbiddenField,
  invalidValue,
  pathSegmentProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { broken, invalidBy, oneOf, requiredName, requiredOneOf, validLabelSelector } from '../field-rules.ts';
import type {
  MatchResources,
  MutatingAdmissionPolicyBinding,
  MutatingAdmissionPolicyBindingSpec,
  ParamRef,
  ValidatingAdmissionPolicyBinding,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { matchDefaults, validateMatch } from './match-resources.ts';
import { GROUP } from './webhook-configuration.ts';

export const validatingAdmissionPolicyBindings: ResourceDefinition<ValidatingAdmissionPolicyBinding> = {
  group: GROUP,
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.ValidatingAdmissionPolicyBinding',
  strategy: {
    requireResourceVersion: true,
    defaults,
    validate: (binding) => {
      const { spec = {} } = sent(binding);
      return [...validateSpec(spec), ...validateActions('spec.validationActions', spec.validationActions ?? [])];
    },
  },
  columns: columns(),
};

export const mutatingAdmissionPolicyBindings: ResourceDefinition<MutatingAdmissionPolicyBinding> = {
  group: GROUP,
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  singular: 'mutatingadmissionpolicybinding',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.MutatingAdmissionPolicyBinding',
  strategy: { requireResourceVersion: true, defaults, validate: ({ spec = {} }) => validateSpec(spec) },
  columns: columns(),
};

type BindingSpec = Sent<MutatingAdmissionPolicyBindingSpec>;

function defaults<T extends { readonly spec?: { readonly matchResources?: MatchResources } }>(binding: T): T {
  const { matchResources } = binding.spec ?? {};
  if (matchResources === undefined) return binding;
  return { ...binding, spec: { ...binding.spec, matchResources: matchDefaults(matchResources) } };
}

function validateSpec({ policyName, paramRef, matchResources }: BindingSpec): readonly FieldError[] {
  return [
    ...requiredName('spec.policyName', policyName, dnsSubdomainProblems),
    ...(paramRef === undefined ? [] : validateParamRef('spec.paramRef', paramRef)),
    ...validateMatch('spec.matchResources', matchResources),
  ];
}

function validateParamRef(field: string, ref: Sent<ParamRef>): readonly FieldError[] {
  const { name = '', selector, parameterNotFoundAction } = ref;
  const why = 'name and selector are mutually exclusive';
  const isBoth = name !== '' && selector !== undefined;
  return [
    ...invalidBy(`${field}.name`, name, pathSegmentProblems(name)),
    ...broken([isBoth, forbiddenField(`${field}.name`, why)]),
    ...validLabelSelector(`${field}.selector`, selector),
    ...broken(
      [isBoth, forbiddenField(`${field}.selector`, why)],
      [name === '' && selector === undefined, required(field, 'one of name or selector must be specified')],
    ),
    ...requiredOneOf(`${field}.parameterNotFoundAction`, parameterNotFoundAction, ['Deny', 'Allow']),
  ];
}

function validateActions(field: string, actions: readonly string[]): readonly FieldError[] {
  const why =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
  return [
    ...actions.flatMap((action, index) => [
      ...oneOf(`${field}[${index}]`, action, ['Audit', 'Deny', 'Warn']),
      ...broken([actions.indexOf(action) < index, duplicate(`${field}[${index}]`, action)]),
    ]),
    ...broken(
      [actions.includes('Deny') && actions.includes('Warn'), invalidValue(field, actions, why)],
      [actions.length === 0, required(field, 'at least one validation action is required')],
    ),
  ];
}

function columns(): readonly Column<MutatingAdmissionPolicyBinding>[] {
  return [
    nameColumn,
    { name: 'PolicyName', type: 'string', description: 'What it binds.', value: ({ spec }) => spec?.policyName ?? '' },
    {
      name: 'ParamRef',
      type: 'string',
      description: 'Its parameters.',
      value: ({ spec }) => paramText(spec?.paramRef),
    },
    ageColumn,
  ];
}

function paramText(ref: ParamRef | undefined): string {
  if (ref === undefined) return '<unset>';
  const { name = '', namespace = '' } = ref;
  if (name === '') return '*';
  return namespace === '' ? name : `${namespace}/${name}`;
}
