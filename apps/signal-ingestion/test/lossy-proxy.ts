import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes requests on to `target`; the replies of those numbered in `lose` (from 1) never reach the client. */
export async function lossyProxy(target: string, lose: readonly number[]): Promise<{ url: string; lost(): number; close(): Promise<void> }> {
  let count = 0;
  let lost = 0;
  const server = createServer((request, response) => {
    const number = ++count;
    const onward = send(new URL(request.url ?? '/', target), { method: request.method ?? 'GET', headers: request.headers }, (answer) => {
      if (!lose.includes(number)) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        return;
      }
      lost++;
      answer.resume().on('end', () => request.socket.destroy());
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: () => lost, close };
}
