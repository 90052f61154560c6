import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface SinkCall {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly text: string;
}

type Answer = (response: ServerResponse, call: SinkCall) => void;

export const answers = {
  ok: (response: ServerResponse) => void response.writeHead(204).end(),
  status: (code: number, headers: Record<string, string> = {}) => (response: ServerResponse) => void response.writeHead(code, headers).end('no'),
  hang: () => undefined,
  reset: (response: ServerResponse) => void response.socket?.destroy(),
  after: (ms: number) => (response: ServerResponse) => void setTimeout(() => response.writeHead(204).end(), ms),
  /** Says 200 and never comes to the end. */
  drip: (response: ServerResponse) => void response.writeHead(200).write('well, '),
  /** Says 200 and sends bytes for as long as they are taken. */
  flood: (response: ServerResponse) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
    };
    response.on('drain', more);
    more();
  },
};

const running = new Set<Sink>();

/** A receiver whose manners a test chooses. */
export class Sink {
  readonly calls: SinkCall[] = [];
  /** Bytes sent on connections that have ended. */
  sentBytes = 0;
  answer: Answer = answers.ok;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Sink> {
    const server = createServer();
    const sink = new Sink(server);
    running.add(sink);
    server.on('request', (request, response) => sink.take(request, response));
    server.on('connection', (socket) => socket.on('close', () => (sink.sentBytes += socket.bytesWritten)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  /** Stops every receiver that a test started, whether it came to its end or failed: one left would keep the process up. */
  static async stopAll(): Promise<void> {
    const sinks = [...running];
    running.clear();
    await Promise.all(sinks.map((sink) => sink.stop()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** What the stock library says of a call. Throws when the signature does not hold. */
  static verify(secret: string, call: SinkCall): unknown {
    return new Webhook(secret).verify(call.text, call.headers);
  }

  private async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = { id: String(request.headers['webhook-id']), headers: request.headers as Record<string, string>, text: Buffer.concat(chunks).toString('utf8') };
      this.calls.push(call);
      this.answer(response, call);
    });
  }
}
