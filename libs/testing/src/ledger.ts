/** What a run did to the ids it accepted. All lists empty: nothing was lost, doubled or put out of order. */
export interface LedgerFindings {
  readonly accepted: number;
  readonly effects: number;
  /** Accepted, no effect. */
  readonly lost: readonly string[];
  /** More than one effect. */
  readonly doubled: readonly string[];
  /** Effects of ids that were never accepted (a call that failed without an answer may still have worked: `maybe`). */
  readonly unexpected: readonly string[];
  /** Ids whose effect came before that of an id accepted earlier for the same key. */
  readonly outOfOrder: readonly string[];
}

interface Entry {
  readonly key: string;
  readonly order: number;
}

/**
 * The producer's ledger against the effects' ledger: every id accepted has exactly one effect, and the
 * effects of one key come in the order in which they were accepted.
 */
export class Ledger {
  private readonly acceptedIds = new Map<string, Entry>();
  private readonly uncertain = new Map<string, Entry>();
  private order = 0;

  /** The id was acknowledged to its producer. */
  accept(id: string, key: string): void {
    this.acceptedIds.set(id, this.uncertain.get(id) ?? { key, order: this.order++ });
    this.uncertain.delete(id);
  }

  /** The call went without an answer: the id may have an effect or none, but not two. */
  maybe(id: string, key: string): void {
    if (!this.acceptedIds.has(id)) this.uncertain.set(id, { key, order: this.order++ });
  }

  /** Compares with the effects, in the order in which they happened. */
  check(effects: Iterable<string>): LedgerFindings {
    const counts = new Map<string, number>();
    const lastOfKey = new Map<string, number>();
    const unexpected: string[] = [];
    const outOfOrder: string[] = [];
    let total = 0;
    for (const id of effects) {
      total++;
      const count = (counts.get(id) ?? 0) + 1;
      counts.set(id, count);
      const entry = this.acceptedIds.get(id) ?? this.uncertain.get(id);
      if (!entry) unexpected.push(id);
      else if (count === 1) {
        if (entry.order < (lastOfKey.get(entry.key) ?? -1)) outOfOrder.push(id);
        else lastOfKey.set(entry.key, entry.order);
      }
    }
    return {
      accepted: this.acceptedIds.size,
      effects: total,
      lost: [...this.acceptedIds.keys()].filter((id) => !counts.has(id)),
      doubled: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
      unexpected,
      outOfOrder,
    };
  }

  /** Throws with the first offenders of each kind unless everything is in order. */
  verify(effects: Iterable<string>): void {
    const findings = this.check(effects);
    const faults = (['lost', 'doubled', 'unexpected', 'outOfOrder'] as const).filter((kind) => findings[kind].length > 0);
    if (faults.length === 0) return;
    const told = faults.map((kind) => `${findings[kind].length} ${kind} (${findings[kind].slice(0, 3).join(', ')})`);
    throw new Error(`ledger of ${findings.accepted} accepted ids against ${findings.effects} effects: ${told.join('; ')}`);
  }
}
