import { createSocket } from 'node:dgram';

/**
 * Sends every question back as its answer, packet by packet, and does nothing else: as fast as a server on Node's own
 * sockets can be. Tells its port to the process that forked it.
 */
process.on('disconnect', () => process.exit());

const IS_ANSWER = 0x80;
const socket = createSocket({
  type: 'udp4',
  recvBufferSize: 1 << 20,
  lookup: (address, _options, done) => {
    done(null, address, 4);
  },
});
socket.on('message', (packet, { port, address }) => {
  packet[2] = (packet[2] ?? 0) | IS_ANSWER;
  socket.send(packet, port, address);
});
socket.bind(0, '127.0.0.1', () => {
  process.send?.({ port: socket.address().port });
});
