import { expect, it } from 'vitest';
import { withForward, withoutForward } from './corefile.ts';

const corefile = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
    }
    forward . /etc/resolv.conf
    cache 30
}
corp.local:53 {
    forward . 10.0.0.53
}
`;

it('adds a block of its own once, changes it, and takes it away again', () => {
  const once = withForward(corefile, 'fed', 'example.com', ['192.0.2.1:53']);
  expect(once.startsWith(corefile)).toBe(true);
  expect(once).toContain('example.com:53 {\n    errors\n    cache 30\n    forward . 192.0.2.1:53\n}');
  expect(withForward(once, 'fed', 'example.com', ['192.0.2.1:53'])).toBe(once);
  const moved = withForward(once, 'fed', 'example.com', ['192.0.2.2:53']);
  expect(moved).not.toContain('192.0.2.1');
  const two = withForward(moved, 'other', 'example.org', ['192.0.2.9']);
  expect(withoutForward(withoutForward(two, 'fed'), 'other')).toBe(corefile);
  expect(withoutForward(corefile, 'fed')).toBe(corefile);
});

it.each(['example.com:53 {', 'dns://example.com. {', 'a.b, example.com:5353 {'])(
  'leaves a Corefile alone that has a block %s',
  (head) => {
    expect(() =>
      withForward(`${corefile}${head}\n forward . 1.1.1.1\n}\n`, 'fed', 'example.com', ['192.0.2.1']),
    ).toThrow('has a block for example.com already; let it forward to 192.0.2.1');
  },
);

it('ends a last line that is not ended', () => {
  expect(withForward('.:53 {\n}', 'f', 'x.y', ['1.2.3.4'])).toMatch(/^\.:53 \{\n\}\n# federation f: begin\n/);
});
