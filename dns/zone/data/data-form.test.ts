import { describe, expect, it } from 'vitest';
import type { RecordType } from '../record-set.ts';
import { formData } from './data-form.ts';
import { textItem, textStrings } from './text-strings.ts';

const long = 'x'.repeat(300);

describe('formData', () => {
  it.each<[RecordType, string, string]>([
    ['AAAA', '2001:DB8:0:0::1', '2001:db8::1'],
    ['MX', '010 mail.example.com', '10 mail.example.com'],
    ['MX', '0 .', '0 .'],
    ['SRV', '0 0 0 .', '0 0 0 .'],
    ['TXT', 'as it is; "with quotes" \\', 'as it is; "with quotes" \\'],
    ['TXT', '', ''],
    ['TXT', '""', ''],
    ['TXT', '"one"', 'one'],
    ['TXT', '"one" "two"', '"one" "two"'],
    ['TXT', '"\\"quoted"', '"\\"quoted"'],
    ['TXT', '"\\195\\164"', 'ä'],
    ['TXT', '"\\255"', '"\\255"'],
    ['TXT', long, long],
    ['TXT', `"${'x'.repeat(255)}" "${'x'.repeat(45)}"`, long],
    ['TXT', `"${'x'.repeat(45)}" "${'x'.repeat(255)}"`, `"${'x'.repeat(45)}" "${'x'.repeat(255)}"`],
    ['CAA', '0 ISSUE letsencrypt.org', '0 issue "letsencrypt.org"'],
    ['CAA', '128 issue ";"', '128 issue ";"'],
    ['CAA', '0 iodef "mailto:a b@example.com"', '0 iodef "mailto:a b@example.com"'],
    ['HTTPS', '0 other.example.com', '0 other.example.com'],
    ['HTTPS', '1 . port=8443 alpn="h2,h3"', '1 . alpn=h2,h3 port=8443'],
    ['SVCB', '16 foo.example.org key667="hello\\210qoo"', '16 foo.example.org key667=hello\\210qoo'],
    ['SVCB', '1 foo.example.org key667=hello', '1 foo.example.org key667=hello'],
    [
      'SVCB',
      '1 foo.example.org ipv6hint="2001:db8::1,2001:DB8:0:0::53:1"',
      '1 foo.example.org ipv6hint=2001:db8::1,2001:db8::53:1',
    ],
    [
      'SVCB',
      '16 foo.example.org alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
      '16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1',
    ],
    // RFC 9460, appendix D: one protocol of the two has a comma and a backslash in its name.
    ['SVCB', '16 foo.example.org alpn="f\\\\\\\\oo\\\\,bar,h2"', '16 foo.example.org alpn=f\\\\\\\\oo\\\\,bar,h2'],
    ['SVCB', '16 foo.example.org alpn=f\\\\\\092oo\\092,bar,h2', '16 foo.example.org alpn=f\\\\\\\\oo\\\\,bar,h2'],
    ['SVCB', '1 . no-default-alpn alpn=h3 ohttp', '1 . alpn=h3 no-default-alpn ohttp'],
    ['SVCB', '1 . key3="\\001\\187"', '1 . port=443'],
    ['SVCB', '1 . dohpath=/dns-query{?dns}', '1 . dohpath=/dns-query{?dns}'],
    ['TYPE44', '\\# 4 0A00 00FF', '\\# 4 0a0000ff'],
    ['TYPE44', '\\# 0', '\\# 0'],
  ])('%s %s', (type, item, expected) => {
    expect(formData(type, item)).toEqual({ item: expected });
    expect(formData(type, expected)).toEqual({ item: expected });
  });

  it.each<[RecordType, string, RegExp]>([
    ['MX', 'mail.example.com', /"preference target"/],
    ['MX', '65536 mail.example.com', /"preference target"/],
    ['CAA', '0 issue', /flags tag/],
    ['CAA', '256 issue ";"', /flags tag/],
    ['CAA', '0 is-sue ";"', /flags tag/],
    ['TXT', '"open', /strings in quotes/],
    ['TXT', '"one"two', /strings in quotes/],
    ['TXT', '"\\256"', /strings in quotes/],
    ['TXT', `"${'x'.repeat(256)}"`, /longer than 255/],
    ['TXT', 'x'.repeat(65_500), /longer than 65535/],
    ['HTTPS', '1', /priority target/],
    ['HTTPS', '0 . alpn=h2', /alias/],
    ['HTTPS', '1 . port=65536', /no parameter/],
    ['HTTPS', '1 . port', /no parameter/],
    ['HTTPS', '1 . alpn', /no parameter/],
    ['HTTPS', '1 . no-default-alpn', /without alpn/],
    ['HTTPS', '1 . no-default-alpn=x alpn=h2', /no parameter/],
    ['HTTPS', '1 . ipv4hint=2001:db8::1', /no parameter/],
    ['HTTPS', '1 . key65535=x', /no parameter/],
    ['HTTPS', '1 . port=1 port=2', /twice/],
    ['HTTPS', '1 . mandatory=port', /port is mandatory and not there/],
    ['HTTPS', '1 . mandatory=mandatory', /no parameter/],
    ['HTTPS', '1 . mandatory=port,port port=1', /no parameter/],
    ['HTTPS', '1 . ech=!', /no parameter/],
    ['TYPE44', '\\# 3 0a', /length hex/],
    ['TYPE44', '0a', /length hex/],
  ])('refuses %s %s', (type, item, problem) => {
    const form = formData(type, item);
    expect('problem' in form ? form.problem : form).toMatch(problem);
  });
});

describe('texts', () => {
  it.each([
    ['of no strings at all', []],
    ['of an empty string', ['']],
    ['of two empty strings', ['', '']],
    ['of a long string and an empty one', ['x'.repeat(255), '']],
    ['of two long ones', ['x'.repeat(255), 'y'.repeat(255)]],
    ['that begins with a quote', ['"a']],
  ])('come back as they were: one %s', (_, strings) => {
    const bytes = strings.map((string) => Buffer.from(string));
    expect(textStrings(textItem(bytes))).toEqual(bytes.length === 0 ? [Buffer.alloc(0)] : bytes);
  });
});
