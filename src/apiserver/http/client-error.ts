import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { statusError, type StatusError } from '../../apimachinery/index.ts';

/** Answers what is not even a request of HTTP/1.1, and ends the connection: where it ends nobody can tell. */
export function answerClientError(error: { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status } = refusalOf(error.code);
  const body = JSON.stringify(status);
  const head = [
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
    socket.destroy();
  });
}

function refusalOf(code: string | undefined): StatusError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return statusError(408, 'Timeout', 'Timeout: request did not arrive within the allotted timeout');
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLong();
    default:
      return statusError(400, 'BadRequest', 'the request is not HTTP');
  }
}

export function headersTooLong(): StatusError {
  return statusError(431, 'BadRequest', 'the URL and the headers are longer than 262144 bytes');
}
