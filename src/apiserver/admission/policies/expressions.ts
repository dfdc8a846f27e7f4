import {
  AUTHORIZER_TYPE,
  BOOL,
  compileCel,
  DYN,
  NULL,
  objectOf,
  RESOURCE_CHECK_TYPE,
  STRING,
  type CelProgram,
  type CelType,
} from '../../../cel/index.ts';
import { NAMESPACE_TYPE, REQUEST_TYPE } from './request-types.ts';

/** Compiled once a policy; one that does not compile fails whenever it would be evaluated. */
export type Expression =
  { readonly text: string; readonly program: CelProgram } | { readonly text: string; readonly problem: string };

export interface EnvironmentOptions {
  readonly hasParams: boolean;
  readonly variables?: CelType;
  readonly resolveType?: (name: string) => CelType | undefined;
  /** What the object is known to be; only for looking for mistakes. */
  readonly object?: CelType;
}

export const RETURNS = {
  condition: [BOOL],
  message: [STRING],
  annotation: [STRING, NULL],
} as const satisfies Record<string, readonly CelType[]>;

/** What expressions of policies and match conditions may name. */
export function variableTypes({ hasParams, variables, object = DYN }: EnvironmentOptions): Record<string, CelType> {
  return {
    object,
    oldObject: object,
    request: REQUEST_TYPE,
    namespaceObject: NAMESPACE_TYPE,
    authorizer: AUTHORIZER_TYPE,
    'authorizer.requestResource': RESOURCE_CHECK_TYPE,
    ...(hasParams ? { params: DYN } : {}),
    variables: variables ?? objectOf('kubernetes.variables', {}),
  };
}

export function compileExpression(text: string, options: EnvironmentOptions, expects?: readonly CelType[]): Expression {
  const compiled = compileCel({
    expression: text,
    variables: variableTypes(options),
    ...(expects === undefined
      ? {}
      : { expects: expects.length === 1 && expects[0] !== undefined ? expects[0] : expects }),
    ...(options.resolveType === undefined ? {} : { resolveType: options.resolveType }),
  });
  return compiled.ok ? { text, program: compiled.program } : { text, problem: compiled.message };
}
