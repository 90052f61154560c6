import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedCall {
  id: string;
  /** W3C, as the request carried it. */
  traceparent: string | null;
  verified: boolean;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** A downstream system: takes webhooks and checks each with the stock verifier. */
export class Receiver {
  readonly calls: ReceivedCall[] = [];
  /** Set once the endpoint is registered. */
  secret = '';
  /** Its answer to every call. */
  answers = 204;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        receiver.calls.push({ id: String(request.headers['webhook-id']), traceparent: request.headers['traceparent']?.toString() ?? null, verified: receiver.verify(text, request.headers as Record<string, string>), body: JSON.parse(text) as ReceivedCall['body'] });
        response.writeHead(receiver.answers).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private verify(text: string, headers: Record<string, string>): boolean {
    try {
      new Webhook(this.secret).verify(text, headers);
      return true;
    } catch {
      return false;
    }
  }
}
