import type { UdpDeps } from './udp-deps.ts';

export interface PacketAnswerer extends UdpDeps {
  readonly send: (answer: Buffer, port: number, address: string) => void;
  /** What is there at once, where that is sent otherwise. */
  readonly reply?: (answer: Buffer) => void;
}

interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Sends the answer to one packet. `packet` is its to keep. */
export function answerPacket(packet: Buffer, peer: Peer, deps: PacketAnswerer, signal: AbortSignal): void {
  const { address, port } = peer;
  // Forged: nothing can be sent to port 0.
  if (port === 0) return;
  const answer = deps.respond(packet, { transport: 'udp', client: address }, signal);
  if (answer === undefined) return;
  if (!(answer instanceof Promise)) {
    if (deps.reply === undefined) deps.send(answer, port, address);
    else deps.reply(answer);
    return;
  }
  answer.then(
    (later) => {
      if (later !== undefined && !signal.aborted) deps.send(later, port, address);
    },
    (err: unknown) => {
      deps.log.error({ err }, 'dns answer not made');
    },
  );
}
