import { expect, it } from 'vitest';
import { checkedPlugins } from './admission-plugins.ts';

it('has the plugins that say nothing of pods, and no others', () => {
  const choice = { enable: ['CertificateApproval'], disable: ['MutatingAdmissionWebhook', 'PodSecurity'] };
  expect(checkedPlugins(choice)).toEqual(choice);
  expect(checkedPlugins()).toEqual({});
  expect(() => checkedPlugins({ enable: ['PodSecurity'] })).toThrow(
    'enable-admission-plugins plugin "PodSecurity" is not supported',
  );
  expect(() => checkedPlugins({ disable: ['Nonsense'] })).toThrow(
    'disable-admission-plugins plugin "Nonsense" is unknown',
  );
});
