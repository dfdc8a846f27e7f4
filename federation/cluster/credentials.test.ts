import { expect, it } from 'vitest';
import { credentialsOf } from './credentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)]));

function kubeconfig(user: object, cluster: object = {}): Record<string, string> {
  return encoded({
    kubeconfig: JSON.stringify({
      'current-context': 'c',
      contexts: [
        { name: 'other', context: { cluster: 'x', user: 'y' } },
        { name: 'c', context: { cluster: 'm', user: 'u' } },
      ],
      clusters: [{ name: 'm', cluster: { server: 'https://elsewhere', ...cluster } }],
      users: [{ name: 'u', user }],
    }),
  });
}

it('takes token and ca.crt before a kubeconfig', () => {
  const data = { ...encoded({ token: 't', 'ca.crt': 'CA' }), ...kubeconfig({ token: 'other' }) };
  expect(credentialsOf(data)).toEqual({ ca: 'CA', credentials: { token: 't' } });
});

it('reads client certificates and tokens of the current context', () => {
  const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
  expect(credentialsOf(kubeconfig(user, { 'certificate-authority-data': base64('CA') }))).toEqual({
    ca: 'CA',
    credentials: { certificate: 'CERT', key: 'KEY' },
  });
  expect(credentialsOf(kubeconfig({ token: 't' }, { 'insecure-skip-tls-verify': true }))).toEqual({
    insecureSkipTlsVerify: true,
    credentials: { token: 't' },
  });
  expect(credentialsOf(kubeconfig({}))).toEqual({});
});

it.each([
  [{}, /neither token and ca.crt nor kubeconfig/],
  [encoded({ token: 't' }), /token but not ca.crt/],
  [encoded({ 'ca.crt': 'CA' }), /neither/],
  [encoded({ kubeconfig: 'a: [' }), /./],
  [encoded({ kubeconfig: '{}' }), /no context ""/],
  [kubeconfig({ exec: { command: 'aws' } }), /uses exec/],
  [kubeconfig({ 'client-certificate': '/home/u/c.crt' }), /uses client-certificate/],
  [kubeconfig({}, { 'certificate-authority': '/etc/ca.crt' }), /uses certificate-authority/],
])('says what it cannot use: %#', (data, problem) => {
  expect(() => credentialsOf(data)).toThrow(problem);
});
