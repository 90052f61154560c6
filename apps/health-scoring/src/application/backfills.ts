import { Injectable } from '@nestjs/common';
import type { Signal } from '@perennial/contracts/signal';

/** A signal this much older than its receipt is history that is being loaded, not news that came late. */
const historyMs = 7 * 86_400_000;
/** A backfill has ended when an account got no history for this long; none holds longer than the second figure. Machine time. */
const quietMs = 1_000;
const longestMs = 60_000;

/**
 * Accounts whose history is being loaded right now. Their verdict waits for the end of it: looks in between
 * would see half an account, raise what is not so, and start work that nobody needs. How long it waits is kept in
 * memory only; that one verdict stands out is stored, so after a crash it is given at once.
 */
@Injectable()
export class Backfills {
  private readonly waits = new Map<string, { readonly since: number; readonly until: number }>();

  /** Takes note of the signals that are history. */
  note(signals: readonly Signal[]): void {
    const now = performance.now();
    for (const signal of signals) {
      if (Date.parse(signal.receivedAt) - Date.parse(signal.occurredAt) < historyMs) continue;
      const known = this.waits.get(signal.accountId);
      const since = known && now < known.until ? known.since : now;
      this.waits.set(signal.accountId, { since, until: Math.min(now + quietMs, since + longestMs) });
    }
  }

  /** True while the account's verdict has to wait. */
  holds(accountId: string): boolean {
    const known = this.waits.get(accountId);
    return known !== undefined && performance.now() < known.until;
  }

  /** All accounts whose verdict has to wait. */
  held(): string[] {
    const now = performance.now();
    for (const [accountId, { until }] of this.waits) if (until <= now) this.waits.delete(accountId);
    return [...this.waits.keys()];
  }
}
