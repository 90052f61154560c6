import { Ledger } from '@perennial/testing/ledger';
import { Analytics } from '@segment/analytics-node';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Keys {
  readonly url: string;
  readonly writeKey: string;
  readonly apiKey: string;
}

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const requestMs = 10_000;

/**
 * A small steady load from outside. Every turn is a new customer: a contract and a ticket, then word that it
 * is cancelled (a risk change); beside it product events by the Segment SDK. Signals are sent again until they
 * are accepted, so each has to have exactly one effect.
 */
export class Load {
  readonly ledger = new Ledger();
  readonly accounts: string[] = [];
  /** Times a call had to be made again. */
  retries = 0;
  private readonly analytics: Analytics;
  private going = true;
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly keys: Keys,
    private readonly turnMs: number,
  ) {
    this.analytics = new Analytics({ writeKey: keys.writeKey, host: keys.url, flushAt: 5, flushInterval: 500, maxRetries: 10, httpRequestTimeout: requestMs });
    // Told per event below.
    this.analytics.on('error', () => undefined);
  }

  start(): void {
    this.done = this.run();
  }

  /** Ends when everything under way is accepted. */
  async stop(): Promise<void> {
    this.going = false;
    await this.done;
    await this.analytics.closeAndFlush({ timeout: 120_000 });
  }

  private async run(): Promise<void> {
    const turns: Promise<void>[] = [];
    while (this.going) {
      turns.push(this.turn(`customer-${this.accounts.length + 1}`));
      await sleep(this.turnMs);
    }
    await Promise.all(turns);
  }

  private async turn(accountId: string): Promise<void> {
    this.accounts.push(accountId);
    const contract = (status: string) => ({ contractId: `${accountId}-c`, status, startsOn: day(-100), endsOn: day(265), arrMinor: 1_200_000, currency: 'USD' });
    this.track(accountId);
    await this.send(accountId, [
      { id: `${accountId}-contract`, kind: 'contract', accountId, data: contract('created') },
      { id: `${accountId}-ticket`, kind: 'ticket', accountId, data: { ticketId: `${accountId}-t`, status: 'opened', priority: 'low' } },
    ]);
    await this.send(accountId, [{ id: `${accountId}-cancel`, kind: 'contract', accountId, data: contract('cancel_scheduled') }]);
  }

  private track(groupId: string): void {
    const messageId = `sdk-${randomUUID()}`;
    this.ledger.maybe(messageId, messageId);
    this.analytics.track({ userId: `${groupId}-user`, event: 'Report Opened', messageId, context: { groupId } }, (error) => {
      if (!error) this.ledger.accept(messageId, messageId);
    });
  }

  private async send(accountId: string, signals: readonly { id: string; kind: string; accountId: string; data: object }[]): Promise<void> {
    for (const { id } of signals) this.ledger.maybe(id, accountId);
    for (let tries = 0; !(await this.accepted(signals)); tries++) {
      this.retries++;
      await sleep(Math.min(2_000, 100 * 2 ** tries));
    }
    for (const { id } of signals) this.ledger.accept(id, accountId);
  }

  private async accepted(signals: readonly object[]): Promise<boolean> {
    let response: Response;
    try {
      response = await fetch(`${this.keys.url}/api/v1/signals`, {
        method: 'POST',
        headers: { 'authorization': `Bearer ${this.keys.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ signals }),
        signal: AbortSignal.timeout(requestMs),
      });
      if (!response.ok) {
        if (response.status < 500 && response.status !== 429) throw new RangeError(`refused: ${response.status} ${await response.text()}`);
        return false;
      }
      const { rejected } = (await response.json()) as { rejected: number };
      if (rejected > 0) throw new RangeError(`${rejected} signals were rejected`);
      return true;
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return false;
    }
  }
}
