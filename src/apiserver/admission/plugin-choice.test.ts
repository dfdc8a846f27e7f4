import { expect, it } from 'vitest';
import { isChosen, pluginChoiceProblems, type PluginChoice } from './plugin-choice.ts';

it.each<[string, PluginChoice, boolean]>([
  ['PodSecurity', {}, true],
  ['PodSecurity', { disable: ['PodSecurity'] }, false],
  ['OwnerReferencesPermissionEnforcement', {}, false],
  ['OwnerReferencesPermissionEnforcement', { enable: ['OwnerReferencesPermissionEnforcement'] }, true],
  ['RBACEscalation', { disable: ['RBACEscalation'] }, true],
])('has %s or not, with %j', (name, choice, expected) => {
  expect(isChosen(name, choice)).toBe(expected);
});

it('names every fault of a choice', () => {
  const choice = { enable: ['PodSecurity', 'Nonsense', 'AlwaysAdmit'], disable: ['PodSecurity', 'RBACEscalation'] };
  expect(pluginChoiceProblems(choice)).toEqual([
    'enable-admission-plugins plugin "Nonsense" is unknown',
    'enable-admission-plugins plugin "AlwaysAdmit" is not supported',
    'disable-admission-plugins plugin "RBACEscalation" is unknown',
    '[PodSecurity] in enable-admission-plugins and disable-admission-plugins overlapped',
  ]);
  expect(pluginChoiceProblems({ enable: ['PodSecurity'], disable: ['AlwaysDeny'] })).toEqual([]);
  const served = new Set(['NamespaceLifecycle']);
  expect(
    pluginChoiceProblems({ enable: ['PodSecurity', 'NamespaceLifecycle'], disable: ['Priority'] }, served),
  ).toEqual(['enable-admission-plugins plugin "PodSecurity" is not supported']);
});
