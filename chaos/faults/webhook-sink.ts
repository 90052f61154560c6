import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a receiver answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const takes: Answer = (_request, response) => void response.writeHead(204).end();

/** A receiver of webhooks that keeps what came under which id. A call counts when its body came whole, whatever was answered. */
export class WebhookSink {
  /** Bodies by message id. */
  readonly received = new Map<string, string[]>();
  answer: Answer = takes;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        this.received.set(id, [...(this.received.get(id) ?? []), Buffer.concat(chunks).toString('utf8')]);
        this.answer(request, response);
      });
    });
  }

  static async start(): Promise<WebhookSink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebhookSink(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  }


  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
