import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Keys } from './load.js';

export interface TailedEvent {
  readonly key: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

interface Call {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A webhook as the receiver got it. */
export interface Delivery {
  readonly id: string;
  readonly verified: boolean;
  readonly accountId: string;
  readonly version: number;
}

/** Looks at the system from outside: through the gateway and the receiver of webhooks. */
export class Observer {
  constructor(
    private readonly keys: Keys,
    /** Names of what has to be at rest in the end. */
    private readonly apps: readonly string[],
    private readonly sinkUrl: () => Promise<string>,
  ) {}

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.keys.url + path, {
      method,
      headers: { authorization: `Bearer ${this.keys.apiKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Waits until nothing waits anywhere: every service ready, no lag, empty outboxes, seen three times running. */
  async untilSettled(timeoutMs: number): Promise<void> {
    interface Service { name: string; ready: boolean; outbox: number | null; topics: { lag: number }[] }
    const isAtRest = ({ ready, outbox, topics }: Service): boolean => ready && outbox === 0 && topics.every(({ lag }) => lag === 0);
    const giveUpAt = Date.now() + timeoutMs;
    for (let seen = 0; seen < 3; await sleep(1_000)) {
      const { services } = await this.call<{ services: Service[] }>('GET', '/api/v1/pipeline').catch(() => ({ services: [] }));
      const atRest = new Set(services.filter(isAtRest).map(({ name }) => name));
      const restless = this.apps.filter((name) => !atRest.has(name));
      seen = restless.length === 0 ? seen + 1 : 0;
      if (Date.now() > giveUpAt) throw new Error(`not settled within ${timeoutMs / 1000} s: ${restless.join(', ')}`);
    }
  }

  /** Everything on a topic, from the start; ends when nothing has come for five seconds. */
  async topic(name: string): Promise<TailedEvent[]> {
    const stop = new AbortController();
    const events: TailedEvent[] = [];
    let timer = setTimeout(() => stop.abort(), 15_000);
    try {
      const response = await fetch(`${this.keys.url}/api/v1/topics/${name}/events?from=start`, { headers: { authorization: `Bearer ${this.keys.apiKey}` }, signal: stop.signal });
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)) as TailedEvent);
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(), 5_000);
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    return events;
  }

  async deliveries(secret: string): Promise<Delivery[]> {
    const calls = (await (await fetch(`${await this.sinkUrl()}/calls`)).json()) as Call[];
    return calls.map(({ headers, body }) => {
      const { data } = JSON.parse(body) as { data: { accountId: string; version: number } };
      return { id: headers['webhook-id']!, verified: verified(secret, body, headers), accountId: data.accountId, version: data.version };
    });
  }
}

/** By the stock library; the age is not looked at, since deliveries are read later than they came. */
function verified(secret: string, body: string, headers: Record<string, string>): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  return new Webhook(secret).sign(headers['webhook-id']!, at, body) === headers['webhook-signature'];
}
