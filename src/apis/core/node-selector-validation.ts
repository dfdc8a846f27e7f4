import { invalidValue, labelKeyProblems, required, forbiddenField, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

export function validateNodeSelector(field: string, selector: Sent<NodeSelector>): readonly FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) {
    return [required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')];
  }
  return terms.flatMap((term, index) => validateNodeSelectorTerm(`${field}.nodeSelectorTerms[${index}]`, term));
}

export function validateNodeSelectorTerm(field: string, term: Sent<NodeSelectorTerm>): readonly FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((requirement, index) => {
      const where = `${field}.matchExpressions[${index}]`;
      const { key = '' } = requirement;
      return [...validateRequirement(where, requirement), ...invalidBy(`${where}.key`, key, labelKeyProblems(key))];
    }),
    ...(term.matchFields ?? []).flatMap((requirement, index) =>
      validateFieldRequirement(`${field}.matchFields[${index}]`, requirement),
    ),
  ];
}

function validateRequirement(
  field: string,
  { operator = '', values = [] }: Sent<NodeSelectorRequirement>,
): readonly FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const why = "must be specified when `operator` is 'In' or 'NotIn'";
      return values.length === 0 ? [required(`${field}.values`, why)] : [];
    }
    case 'Exists':
    case 'DoesNotExist': {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      return values.length > 0 ? [forbiddenField(`${field}.values`, why)] : [];
    }
    case 'Gt':
    case 'Lt': {
      const why = "must be specified single value when `operator` is 'Lt' or 'Gt'";
      return values.length === 1 ? [] : [required(`${field}.values`, why)];
    }
    default:
      return [invalidValue(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

/** A node's only field that can be selected by is its name. */
function validateFieldRequirement(
  field: string,
  { key = '', operator = '', values = [] }: Sent<NodeSelectorRequirement>,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${field}.values`, why));
  }
  if (key !== 'metadata.name') errors.push(invalidValue(`${field}.key`, key, 'not a valid field selector key'));
  return errors;
}
