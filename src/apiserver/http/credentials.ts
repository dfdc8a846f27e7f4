import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '../../apimachinery/index.ts';
import { remoteUserOf } from '../aggregation/request-header.ts';
import type { Credentials, ProvedSubject } from '../security.ts';
import { certificateUid } from './certificate-uid.ts';
import type { IdentityHeaders } from './identity-headers.ts';

type Certificate = ProvedSubject;

/** What is used of Node's request to find out who is at the other end of its TLS connection. */
export interface Connected {
  readonly socket: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What clients proved with their certificates, read once a connection. */
export class PeerCertificates {
  readonly #known = new WeakMap<object, Certificate | 'none' | 'bad'>();

  /** Throws 401 for a certificate that no CA of ours signed. `identity` is asked for what front proxies say. */
  credentialsOf(request: Connected, identity: () => IdentityHeaders): Credentials {
    const certificate = this.#certificateOf(request);
    const token = bearerToken(request.headers['authorization']);
    const remoteUser = certificate === undefined ? undefined : remoteUserOf(identity());
    return {
      ...(remoteUser === undefined ? {} : { remoteUser }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(token === undefined ? {} : { bearerToken: token }),
    };
  }

  #certificateOf({ socket }: Connected): Certificate | undefined {
    // @NOTE the server serves nothing but TLS.
    const peer = socket as TLSSocket;
    let certificate = this.#known.get(peer);
    if (certificate === undefined) {
      certificate = read(peer);
      this.#known.set(peer, certificate);
    }
    if (certificate === 'bad') throw unauthorized();
    return certificate === 'none' ? undefined : certificate;
  }
}

function read(socket: TLSSocket): Certificate | 'none' | 'bad' {
  // @NOTE without a certificate Node gives an empty object; an attribute that stands twice is a list.
  const { subject, raw, fingerprint256 } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  if (subject === undefined || raw === undefined || fingerprint256 === undefined) return 'none';
  if (!socket.authorized) return 'bad';
  try {
    const uid = certificateUid(raw);
    return {
      commonName: [subject.CN ?? ''].flat()[0] ?? '',
      organizations: [subject.O ?? []].flat(),
      credentialId: `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`,
      ...(uid === undefined ? {} : { uid }),
    };
  } catch {
    // A user whose uid cannot be told is nobody; the client is told no more than that.
    return 'bad';
  }
}

interface PeerCertificate {
  readonly subject: Subject;
  /** DER. */
  readonly raw: Buffer;
  /** In hexadecimal with colons. */
  readonly fingerprint256: string;
}

interface Subject {
  readonly CN?: string | string[];
  readonly O?: string | string[];
}

const BEARER = /^bearer +(\S+)$/i;

function bearerToken(authorization: string | string[] | undefined): string | undefined {
  return typeof authorization === 'string' ? BEARER.exec(authorization.trim())?.[1] : undefined;
}

/** What proxies say of where a request came from, and the other end of its connection. */
export function sourceIpsOf({ socket, headers }: Connected): readonly string[] {
  // @NOTE the server serves nothing but TLS.
  const { remoteAddress } = socket as TLSSocket;
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(','));
  const addresses = forwarded.map((address) => address.trim()).filter((address) => isIP(address) !== 0);
  return [...new Set([...addresses, ...(remoteAddress === undefined ? [] : [remoteAddress])])];
}
