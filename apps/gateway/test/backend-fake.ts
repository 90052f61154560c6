import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** What a service behind the gateway saw of one request. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (request: SeenRequest, response: ServerResponse) => void;

/** A service behind the gateway: remembers what it saw and answers as told. */
export class BackendFake {
  readonly seen: SeenRequest[] = [];
  readonly open = new Set<ServerResponse>();
  /** Requests whose bodies broke off. */
  brokenOff = 0;
  /** Answers before it has read the body. */
  hasty = false;
  answer: Answer = (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ backend: this.name, url: request.url }));
  };

  private constructor(readonly name: string, private readonly server: Server) {}

  static async start(name: string): Promise<BackendFake> {
    const server = createServer((request, response) => void fake.handle(request, response));
    const fake = new BackendFake(name, server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  last(): SeenRequest {
    const last = this.seen.at(-1);
    if (!last) throw new Error(`${this.name} saw no request`);
    return last;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    const body = (async () => {
      for await (const part of request) parts.push(part as Buffer);
      return true;
    })().catch(() => {
      this.brokenOff += 1;
      return false;
    });
    if (!this.hasty && !(await body)) return;
    this.open.add(response);
    response.once('close', () => this.open.delete(response));
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) };
    this.seen.push(seen);
    this.answer(seen, response);
  }
}
