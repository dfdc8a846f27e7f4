import { dnsLabelProblems } from '../../apimachinery/index.ts';
import type { Container, Pod } from '../generated/wire-types.ts';

/** What is allowed and yet hardly meant. */
export function podWarnings({ metadata, spec }: Pod): readonly string[] {
  const problems = dnsLabelProblems(metadata.name ?? '');
  const hostname = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior";
  const graceSeconds = spec?.terminationGracePeriodSeconds ?? 0;
  const grace =
    'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1';
  return [
    ...(problems.length === 0 ? [] : [`${hostname}; a DNS label is recommended: [${problems.join(' ')}]`]),
    ...(graceSeconds < 0 ? [grace] : []),
    ...(['initContainers', 'containers'] as const).flatMap((list) =>
      (spec?.[list] ?? []).flatMap((container, index) => envWarnings(`spec.${list}[${index}]`, container)),
    ),
  ];
}

function envWarnings(field: string, { env = [] }: Container): readonly string[] {
  const names = env.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [
          `${field}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : [],
  );
}
