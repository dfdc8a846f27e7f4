import { pluginChoiceProblems, type PluginChoice } from '../../src/apiserver/index.ts';

/** What pods may be is for the members to say. */
const PLUGINS: ReadonlySet<string> = new Set([
  'NamespaceLifecycle',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]);

/** Throws for plugins that there are not, or not here. */
export function checkedPlugins(choice: PluginChoice = {}): PluginChoice {
  const problems = pluginChoiceProblems(choice, PLUGINS);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return choice;
}
