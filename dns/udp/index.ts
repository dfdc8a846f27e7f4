export { MessageBatch } from './message-batch.ts';
export { NativeUdpSocket, type NativeUdpOptions, type UdpReceiver } from './native-udp-socket.ts';
export { AF_INET, hostOf, portOf, V4_AT } from './socket-address.ts';
export { loadSystemCalls, SYSTEM_CALLS_BY, type SystemCalls, type SystemCallsBy } from './system-calls.ts';
