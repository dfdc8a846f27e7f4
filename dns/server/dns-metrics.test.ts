import { expect, it } from 'vitest';
import { createMetrics } from '../../src/component-base/index.ts';
import { createDnsMetrics } from './dns-metrics.ts';

it('counts no more zones apart than there is room for', async () => {
  const registry = createMetrics();
  const metrics = createDnsMetrics(registry);
  for (let zone = 0; zone < 3000; zone++) metrics.responses('NOERROR', `z${zone}.example.com`).udp.inc();
  metrics.responses('NXDOMAIN', 'z1.example.com').tcp.inc();
  const text = await registry.metrics();
  expect(text).toContain('dns_responses_total{zone="other",rcode="NOERROR",proto="udp"} 2000');
  expect(text).toContain('dns_responses_total{zone="z1.example.com",rcode="NXDOMAIN",proto="tcp"} 1');
});
