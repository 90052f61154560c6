import { postRequest } from './http-connection.js';
import type { Call } from './http-load.js';

/** Track calls as Segment's clients send them, each with an id of its own. */
export class SegmentCalls {
  private sent = 0;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly url: URL,
    writeKey: string,
    private readonly run: string,
    private readonly accounts = 10_000,
  ) {
    this.headers = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
  }

  readonly single = (): Call => {
    const id = this.id();
    return { request: postRequest(this.url, '/v1/track', this.headers, this.event(id)), ids: [id] };
  };

  /** A batch of `size` calls. */
  readonly batch = (size: number): Call => {
    const ids = Array.from({ length: size }, () => this.id());
    return { request: postRequest(this.url, '/v1/batch', this.headers, `{"batch":[${ids.map((id) => this.event(id)).join(',')}]}`), ids };
  };

  private id(): string {
    return `${this.run}-${this.sent++}`;
  }

  private event(id: string): string {
    const account = (this.sent * 7919) % this.accounts;
    return `{"type":"track","messageId":"${id}","userId":"user-${account}-${this.sent % 3}","event":"Report Exported","properties":{"format":"pdf","rows":1250,"shared":true},"context":{"groupId":"account-${account}","library":{"name":"analytics-node","version":"2.1.0"}},"timestamp":"${new Date().toISOString()}"}`;
  }
}
