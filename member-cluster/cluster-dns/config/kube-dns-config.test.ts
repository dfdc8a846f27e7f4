import { expect, it } from 'vitest';
import { parseKubeDnsConfig } from './kube-dns-config.ts';

const parse = (data: Record<string, string>) => {
  const { config, problems } = parseKubeDnsConfig({ data });
  const { federations = [], stubDomains = [], upstreamNameservers } = config;
  return { federations: [...federations], stubDomains: [...stubDomains], upstreamNameservers, problems };
};

it('reads what kube-dns read', () => {
  const read = parse({
    federations: ' myfed = example.com , other=fed.example.org',
    stubDomains: '{"Example.com.": ["127.0.0.1:5353", "::1"]}',
    upstreamNameservers: '["192.0.2.1", "[2001:db8::1]:54"]',
  });
  expect(read).toEqual({
    federations: [
      ['myfed', 'example.com'],
      ['other', 'fed.example.org'],
    ],
    stubDomains: [
      [
        'example.com',
        [
          { host: '127.0.0.1', port: 5353 },
          { host: '::1', port: 53 },
        ],
      ],
    ],
    upstreamNameservers: [
      { host: '192.0.2.1', port: 53 },
      { host: '2001:db8::1', port: 54 },
    ],
    problems: [],
  });
});

it.each([
  ['federations', 'a=example.com,b'],
  ['federations', 'a.b=example.com'],
  ['federations', 'a=example.com.'],
  ['stubDomains', '{'],
  ['stubDomains', '["x"]'],
  ['stubDomains', '{"example.com": ["nowhere"]}'],
  ['upstreamNameservers', '["192.0.2.1:0"]'],
  ['upstreamNameservers', '["192.0.2.1","192.0.2.2","192.0.2.3","192.0.2.4"]'],
])('says what is wrong with %s %s and goes without', (key, value) => {
  const { problems, ...read } = parse({ [key]: value });
  expect(read).toEqual({ federations: [], stubDomains: [], upstreamNameservers: [] });
  expect(problems).toEqual([expect.stringContaining(`key ${key}: `)]);
});

it('has nothing without a config map', () => {
  expect(parseKubeDnsConfig(undefined).problems).toEqual([]);
});
