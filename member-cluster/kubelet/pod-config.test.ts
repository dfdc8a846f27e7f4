import { expect, it } from 'vitest';
import type { Container } from '../../src/apis/index.ts';
import { containerConfigOf } from './pod-config.ts';

const details = { imageRef: 'i', attempt: 0, isTask: false, isEphemeral: false, env: [], mounts: [] };
const portsOf = (container: Partial<Container>, isTask = false) =>
  containerConfigOf({ name: 'c', ...container }, { ...details, isTask }).ports.map(
    ({ containerPort }) => containerPort,
  );

const readinessProbe = { httpGet: { port: 80 } };

it('listens where its probes ask when it declares no port', () => {
  expect(portsOf({ readinessProbe, livenessProbe: { tcpSocket: { port: 81 } }, startupProbe: readinessProbe })).toEqual(
    [81, 80],
  );
});

it('listens nowhere else than on the ports that it declares', () => {
  expect(portsOf({ readinessProbe, ports: [{ containerPort: 8080 }] })).toEqual([8080]);
});

it('does not listen for a probe that names a port, nor as a task', () => {
  expect(portsOf({ readinessProbe: { httpGet: { port: 'http' } } })).toEqual([]);
  expect(portsOf({ readinessProbe }, true)).toEqual([]);
});
