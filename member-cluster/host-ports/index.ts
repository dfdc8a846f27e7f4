export { hostPorts, lowestOpenPort, samePort, type HostPort } from './host-ports.ts';
