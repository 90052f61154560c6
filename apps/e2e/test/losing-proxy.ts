import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hands every request on, and loses the reply of each second batch on its first try: the sender must send it again. */
export class LosingProxy {
  lost = 0;
  private count = 0;
  private constructor(private readonly server: Server) {}

  static async start(target: string): Promise<LosingProxy> {
    const server = createServer();
    const proxy = new LosingProxy(server);
    server.on('request', (request, response) => {
      const retried = request.headers['x-retry-count'] !== undefined && request.headers['x-retry-count'] !== '0';
      const lose = !retried && proxy.count++ % 2 === 0;
      const onward = httpRequest(new URL(request.url ?? '/', target), { method: request.method, headers: { ...request.headers, host: new URL(target).host } }, (reply) => {
        if (lose) {
          proxy.lost++;
          reply.resume();
          reply.on('end', () => response.destroy());
          return;
        }
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
