import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  invalidValue,
  required,
  tooLong,
  type FieldError,
} from '../../apimachinery/index.ts';

const MAX_DOMAIN = 253;
const MAX_PATH = 253 + 63 + 1;

/** `example.com/signer-name`. */
export function validateSignerName(field: string, signerName: string): readonly FieldError[] {
  if (signerName === '') return [required(field)];
  const segments = signerName.split('/');
  const [domain = '', path = ''] = segments;
  if (segments.length !== 2) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalidValue(field, signerName, why)];
  }
  const domainLabels = domain.split('.');
  return [
    ...(Buffer.byteLength(domain) > MAX_DOMAIN ? [tooLong(field, MAX_DOMAIN)] : []),
    ...labelErrors(field, domain, dnsLabelProblems),
    ...(domainLabels.length < 2
      ? [invalidValue(field, domain, 'should be a domain with at least two segments separated by dots')]
      : []),
    ...labelErrors(field, path, dnsSubdomainProblems),
    ...(Buffer.byteLength(path) > MAX_PATH ? [tooLong(field, MAX_PATH)] : []),
  ];
}

function labelErrors(field: string, text: string, problemsOf: (label: string) => readonly string[]) {
  return text
    .split('.')
    .flatMap((label) =>
      problemsOf(label).map((problem) =>
        invalidValue(field, text, `validating label ${JSON.stringify(label)}: ${problem}`),
      ),
    );
}
