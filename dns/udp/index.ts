export { MessageBatch } from './message-batch.ts';
export { NativeUdpSocket, type NativeUdpOptions, type UdpReceiver } from './native-udp-socket.ts';
export { AF_INET, hostOf, portOf, V4_AT } from './socket-address.ts';
export { loadSystemCalls, type SystemCalls } from './system-calls.ts';
