import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import type { Arrival } from '../domain/arrival.js';
import { capNames, namedSources, type NameKind, type SourceName } from '../domain/name-caps.js';
import { withoutPeople } from '../domain/personal-data.js';
import { SourceNames } from './source-names.js';
import { Suppression } from './suppression.js';

type Names = { readonly [K in NameKind]: Set<string> };

/**
 * Keeps the names of events and properties of each source bounded. This process remembers those it has seen stored;
 * two that take the last places at the same moment may go over the cap by a few.
 */
@Injectable()
export class CapNames {
  private readonly known = new Map<string, Names>();

  constructor(
    private readonly names: SourceNames,
    private readonly suppression: Suppression,
    private readonly clock: Clock,
  ) {}

  /** Messages about somebody who was suppressed stay as they are, and their names are not kept. */
  async cap(tx: Transaction, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
    if (this.suppression.isEmpty) return this.capHeard(tx, arrivals);
    const { gone = [], heard = [] } = Object.groupBy(arrivals, (one) => (withoutPeople(one, this.suppression.isSuppressed) === null ? 'gone' : 'heard'));
    return [...gone, ...(await this.capHeard(tx, heard))].sort((a, b) => a.at - b.at);
  }

  private async capHeard(tx: Transaction, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
    const unread = namedSources(arrivals).filter((sourceId) => !this.known.has(sourceId));
    if (unread.length > 0) this.remember(unread, await this.names.of(tx, unread));
    const { capped, fresh, overflows } = capNames(arrivals, this.known);
    if (fresh.length > 0) {
      await this.names.add(tx, fresh, this.clock.now());
      tx.afterCommit(() => this.remember([], fresh));
    }
    if (overflows.length > 0) await this.names.overflowed(tx, overflows, this.clock.now());
    return capped;
  }

  private remember(sources: readonly string[], names: readonly SourceName[]): void {
    for (const sourceId of sources) this.known.set(sourceId, { event: new Set(), property: new Set() });
    for (const { sourceId, kind, name } of names) this.known.get(sourceId)?.[kind].add(name);
  }
}
