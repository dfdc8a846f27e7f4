import type * as Cel from '../../../cel/index.ts';

/** What JSON an expression gives for claims, or for a user. Throws an `Error` that says why there is none. */
export type Evaluate = (variable: unknown) => unknown;

/** What expressions are about: the claims of a token, or the user that was made of them. */
export type Subject = 'claims' | 'user';

/** Compiles, or tells the problem to `onProblem`. */
export type Compile = (
  expression: string,
  about: { readonly subject: Subject; readonly isCondition: boolean },
) => { readonly evaluate: Evaluate } | { readonly problem: string };

export interface Expressions {
  readonly compile: Compile;
  /** Whether it reads `claims.<claim>`. False for what does not compile. */
  readonly readsClaim: (expression: string, claim: string) => boolean;
}

/** The language is loaded with the first configuration that has an expression. */
export async function loadExpressions(): Promise<Expressions> {
  const cel = await import('../../../cel/index.ts');
  const variables = variableTypes(cel);
  return {
    compile: (expression, { subject, isCondition }) => {
      const compiled = cel.compileCel({
        expression,
        variables: { [subject]: variables[subject] },
        ...(isCondition ? { expects: cel.BOOL } : {}),
      });
      if (!compiled.ok) return { problem: compiled.message };
      const { program } = compiled;
      return {
        evaluate: (variable) => {
          const outcome = program.evaluate({ [subject]: variable });
          if (!outcome.ok) throw new Error(`expression '${expression}' resulted in error: ${outcome.error}`);
          return cel.toJson(outcome.value);
        },
      };
    },
    readsClaim: (expression, claim) => cel.selectsField(expression, 'claims', claim),
  };
}

function variableTypes({ DYN, listOf, mapOf, objectOf, STRING }: typeof Cel): Readonly<Record<Subject, Cel.CelType>> {
  return {
    claims: mapOf(STRING, DYN),
    user: objectOf('kubernetes.UserInfo', {
      username: STRING,
      uid: STRING,
      groups: listOf(STRING),
      extra: mapOf(STRING, listOf(STRING)),
    }),
  };
}
