import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { linkRewriter } from './link-rewriter.ts';
import { rewriteLinks, rewriteUrl, type Proxied } from './rewrite-links.ts';

const prefix = '/api/v1/namespaces/default/services/web/proxy';
const proxied: Proxied = {
  target: { scheme: 'http', host: '127.0.0.9', port: 8080, path: '/', prefix },
  host: 'api.example.com:6443',
};

it.each([
  ['/', `${prefix}/`],
  ['/a/b?x=/y#z', `${prefix}/a/b?x=/y#z`],
  ['http://127.0.0.9:8080', `${prefix}/`],
  ['http://127.0.0.9:8080/a', `${prefix}/a`],
  ['https://api.example.com:6443/a', `${prefix}/a`],
  ['//127.0.0.9:8080/a', `${prefix}/a`],
  [`${prefix}/a`, `${prefix}/a`],
  [`https://api.example.com:6443${prefix}/a`, `${prefix}/a`],
  [`${prefix}other`, `${prefix}${prefix}other`],
  ['a/b', 'a/b'],
  ['../a', '../a'],
  ['#top', '#top'],
  ['', ''],
  ['http://127.0.0.9:8081/a', 'http://127.0.0.9:8081/a'],
  ['//elsewhere/a', '//elsewhere/a'],
  ['mailto:me@example.com', 'mailto:me@example.com'],
])('makes of the link %s the link %s', (url, expected) => {
  expect(rewriteUrl(url, proxied)).toBe(expected);
});

const page = `<html><head><link rel=a href='/a.css'><script src="/b.js"></script></head>
<body background="/c"><a class="/d" href="/e">/f</a><img alt="κ" src="g.png"><form method=post action="/h"></form></body>`;
const rewritten = page
  .replace("'/a.css'", `'${prefix}/a.css'`)
  .replace('"/b.js"', `"${prefix}/b.js"`)
  .replace('"/c"', `"${prefix}/c"`)
  .replace('"/e"', `"${prefix}/e"`)
  .replace('"/h"', `"${prefix}/h"`);

it('rewrites the links of a page, and nothing else', () => {
  expect(rewriteLinks(page, proxied)).toBe(rewritten);
});

it.each([1, 7, 64, 10_000])('rewrites a page that comes in pieces of %d bytes', async (size) => {
  const bytes = Buffer.from(page);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const rewriting = Readable.from(pieces).pipe(linkRewriter((part) => rewriteLinks(part, proxied)));
  expect(await text(rewriting)).toBe(rewritten);
});

it('holds back no more than a tag', () => {
  const rewriting = linkRewriter((part) => part);
  rewriting.write(`<p>at once<a ${'x'.repeat(100)}`);
  expect(String(rewriting.read())).toBe('<p>at once');
  rewriting.write('y'.repeat(100_000));
  expect(String(rewriting.read())).toHaveLength(100_103);
});
