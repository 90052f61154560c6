import { postRequest } from './http-connection.js';
import type { Call } from './http-load.js';

interface Told {
  /** The account of each event, in order. */
  readonly accounts: readonly string[];
}

/** Track calls as Segment's clients send them, each with an id of its own. */
export class SegmentCalls {
  private sent = 0;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly url: URL,
    writeKey: string,
    private readonly run: string,
    private readonly accounts = 10_000,
    /** Begins the accounts' ids, where they shall be nobody else's. */
    private readonly accountPrefix = 'account',
  ) {
    this.headers = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
  }

  readonly single = (): Call & Told => {
    const { id, account, json } = this.event();
    return { request: postRequest(this.url, '/v1/track', this.headers, json), ids: [id], accounts: [account] };
  };

  /** A batch of `size` calls. */
  readonly batch = (size: number): Call & Told => {
    const events = Array.from({ length: size }, () => this.event());
    return { request: postRequest(this.url, '/v1/batch', this.headers, `{"batch":[${events.map(({ json }) => json).join(',')}]}`), ids: events.map(({ id }) => id), accounts: events.map(({ account }) => account) };
  };

  private event(): { id: string; account: string; json: string } {
    const id = `${this.run}-${this.sent++}`;
    const place = (this.sent * 7919) % this.accounts;
    const account = `${this.accountPrefix}-${place}`;
    const json = `{"type":"track","messageId":"${id}","userId":"user-${place}-${this.sent % 3}","event":"Report Exported","properties":{"format":"pdf","rows":1250,"shared":true},"context":{"groupId":"${account}","library":{"name":"analytics-node","version":"2.1.0"}},"timestamp":"${new Date().toISOString()}"}`;
    return { id, account, json };
  }
}
