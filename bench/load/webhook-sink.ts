import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes webhooks and notes when each account's came. */
export class WebhookSink {
  /** Instants of the calls, by account. */
  readonly calls = new Map<string, number[]>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookSink> {
    const server = createServer();
    const sink = new WebhookSink(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const at = performance.now();
        const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { accountId: string } };
        sink.calls.set(data.accountId, [...(sink.calls.get(data.accountId) ?? []), at]);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
