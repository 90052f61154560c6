import type { Server } from 'node:http';

/**
 * Closes an HTTP server without cutting requests in flight: connections that fall idle are closed as they
 * do, what is left after `deadlineMs` is cut. (A connection busy at `close()` goes back to keep-alive and
 * would hold the server open for ever.) `close` stops listening and resolves when all are gone.
 */
export async function drain(server: Server, close: () => Promise<unknown>, deadlineMs: number): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  try {
    const closed = close();
    server.closeIdleConnections();
    await closed;
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}
