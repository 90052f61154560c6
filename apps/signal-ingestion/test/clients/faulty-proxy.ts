import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Fault } from './set-up.js';

/** Hands requests on to a target and spoils the first ones that carry events. */
export class FaultyProxy {
  /** Those that happened. */
  readonly done: Fault[] = [];
  private answeredSince = false;

  private constructor(
    private readonly target: string,
    private readonly faults: Fault[],
    private readonly server = createServer((request, response) => void this.take(request, response).catch(() => response.destroy())),
  ) {}

  static async start(target: string, faults: readonly Fault[]): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, [...faults]);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get left(): number {
    return this.faults.length;
  }

  /** All faults happened, and a request with events went through after them: what a client sends again has come. */
  get isOver(): boolean {
    return this.faults.length === 0 && this.answeredSince;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const carries = carriesEvents(request, body);
    const fault = carries ? this.faults.shift() : undefined;
    if (fault !== undefined && fault !== 'pass') this.done.push(fault);
    if (fault === 'cut') request.socket.destroy();
    else if (typeof fault === 'number') {
      // As the edge itself says it.
      const origin = request.headers.origin;
      response.writeHead(fault, { 'retry-after': '1', ...(origin ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'Retry-After' } : {}) }).end('{}');
    } else this.handOn(request, body, response, fault === 'lose', carries);
  }

  private handOn(request: IncomingMessage, body: Buffer, response: ServerResponse, lose: boolean, carries: boolean): void {
    const onward = send(new URL(request.url ?? '/', this.target), { method: request.method ?? 'GET', headers: request.headers }, (answer) => {
      if (lose) {
        answer.resume().on('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response).on('finish', () => (this.answeredSince ||= carries && this.faults.length === 0));
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  }
}

/** Holds a counted event, plain, packed or in base64: a reply lost to anything else would show no repetition. */
function carriesEvents({ url = '', headers }: IncomingMessage, body: Buffer): boolean {
  const text = url + JSON.stringify(headers) + (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString('latin1');
  return text.includes('Step') || (text.match(/[\w+/-]{24,}/g) ?? []).some((run) => Buffer.from(run, 'base64').toString('latin1').includes('Step'));
}
