import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { silentLogger as log } from '../../src/component-base/index.ts';
import { bindUdp, serveUdp } from './udp-listener.ts';

it('survives what cannot be answered', async () => {
  const asked: string[] = [];
  const ending = new AbortController();
  const socket = await bindUdp('127.0.0.1', 0);
  const respond = (packet: Buffer) => {
    asked.push(packet.toString());
    return packet.toString() === 'fails' ? Promise.reject(new Error('broken')) : packet;
  };
  const serving = serveUdp(socket, { respond, log }, ending.signal);
  socket.emit('message', Buffer.from('forged'), { address: '127.0.0.1', port: 0, family: 'IPv4', size: 6 });
  const client = createSocket('udp4');
  const { port } = socket.address();
  client.send('fails', port, '127.0.0.1');
  client.send('works', port, '127.0.0.1');
  const [answer] = (await once(client, 'message')) as [Buffer];
  expect([answer.toString(), asked]).toEqual(['works', ['fails', 'works']]);
  client.close();
  ending.abort();
  await serving;
});
