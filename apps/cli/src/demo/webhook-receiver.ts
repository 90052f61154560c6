import type { RiskChange } from '@perennial/contracts/health';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedWebhook {
  readonly id: string;
  readonly at: Date;
  /** `performance.now()` of its arrival. */
  readonly arrivedMs: number;
  readonly signature: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: RiskChange };
}

/** Somebody else's system: takes webhooks on loopback and trusts none that the stock verifier does not. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Calls whose signature did not verify. */
  readonly refused: string[] = [];
  private verifier: Webhook | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      receiver.take(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks/perennial`;
  }

  /** The secret that the registration answered. */
  trust(secret: string): void {
    this.verifier = new Webhook(secret);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async take(request: IncomingMessage): Promise<number> {
    const arrivedMs = performance.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { 'webhook-id': header(request, 'webhook-id'), 'webhook-timestamp': header(request, 'webhook-timestamp'), 'webhook-signature': header(request, 'webhook-signature') };
    try {
      if (this.verifier === null) throw new Error('no secret is known yet');
      const body = this.verifier.verify(Buffer.concat(chunks), headers) as ReceivedWebhook['body'];
      this.received.push({ id: headers['webhook-id'], at: new Date(), arrivedMs, signature: headers['webhook-signature'], body });
      return 204;
    } catch (error) {
      this.refused.push(error instanceof Error ? error.message : String(error));
      return 401;
    }
  }
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
