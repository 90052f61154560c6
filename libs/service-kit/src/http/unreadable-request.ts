import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { kindOf, problemContentType, problemOf } from './problem.js';

const statuses = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
]);

/** What comes before any route: no HTTP, headers without end, a request that does not arrive. The connection ends with it. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses.get(error.code ?? '') ?? 400;
  const body = JSON.stringify(problemOf(status, { detail: `the request cannot be read: ${kindOf(status).title.toLowerCase()}` }));
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncontent-type: ${problemContentType}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroy(error);
}
