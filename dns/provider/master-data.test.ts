import { expect, it } from 'vitest';
import { fromMasterData, masterData } from './master-data.ts';

it.each([
  ['A', '192.0.2.1', '192.0.2.1'],
  ['CNAME', 'b.example.com', 'b.example.com.'],
  ['SRV', '0 100 80 a.example.com', '0 100 80 a.example.com.'],
  ['TXT', 'v=spf1 -all', '"v=spf1 -all"'],
  ['TXT', '', '""'],
  ['TXT', 'say "a\\b"; ü', '"say \\"a\\\\b\\"; \\195\\188"'],
  ['TXT', 'x'.repeat(300), `"${'x'.repeat(255)}" "${'x'.repeat(45)}"`],
  ['TXT', '"a" "b\\000"', '"a" "b\\000"'],
  ['MX', '10 mail.example.com', '10 mail.example.com.'],
  ['MX', '0 .', '0 .'],
  ['HTTPS', '1 . alpn=h2', '1 . alpn=h2'],
  ['CAA', '0 issue "ca.example"', '0 issue "ca.example"'],
  ['TYPE65280', '\\# 2 abcd', '\\# 2 abcd'],
] as const)('%s %j is %j in a master file, and back', (type, item, text) => {
  expect(masterData(type, item)).toBe(text);
  expect(fromMasterData(type, text)).toBe(item);
});

it.each([
  ['TXT', 'plain', 'plain'],
  ['TXT', '"a" "b c"  d', '"a" "b c" "d"'],
  ['CNAME', 'B.Example.COM', 'b.example.com'],
  ['SRV', '0\t100  80 A.example.com.', '0 100 80 a.example.com'],
] as const)('reads %s %j, as others write it', (type, text, item) => {
  expect(fromMasterData(type, text)).toBe(item);
});
