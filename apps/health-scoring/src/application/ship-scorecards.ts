import { Injectable } from '@nestjs/common';
import { Fatal } from '@perennial/persistence/errors';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { isDeepStrictEqual } from 'node:util';
import { shippedScorecards, type ShippedScorecard } from '../scorecards/shipped-scorecards.js';
import { ChangeScorecards } from './change-scorecards.js';
import { ScorecardStore } from './scorecard-store.js';

const by = 'service:health-scoring';

/**
 * Brings the editions that come with the software into the store, once each, the newest last whatever the order in
 * which versions start. One takes force by itself only in the place of another edition: what people
 * published or retired stays until they say otherwise.
 */
@Injectable()
export class ShipScorecards {
  constructor(
    private readonly database: Database,
    private readonly store: ScorecardStore,
    private readonly changeScorecards: ChangeScorecards,
  ) {}

  async shipAll(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      for (const shipped of shippedScorecards) await this.ship(tx, shipped);
    });
  }

  private async ship(tx: Transaction, { document, edition }: ShippedScorecard): Promise<void> {
    const { id } = document;
    const known = await this.store.newestEdition(tx, id);
    if (known !== null && known.edition === edition && !isDeepStrictEqual(known.document, document)) {
      throw new Fatal(`edition ${edition} of the shipped scorecard ${id} differs from the one this database knows: give the change the next edition`);
    }
    if (known !== null && known.edition! >= edition) return;
    const draft = mustHold(await this.changeScorecards.draft(tx, document, `Edition ${edition}, as it comes with the software.`, by, edition));
    const [last] = await this.store.publications(tx, id, 1);
    const current = last === undefined || last.revision === null ? null : await this.store.find(tx, id, last.revision);
    if (last !== undefined && (current === null || current.edition === null)) return;
    mustHold(await this.changeScorecards.publish(tx, id, draft.revision, undefined, { reason: `edition ${edition} comes with the software`, by, silent: last === undefined }));
  }
}

function mustHold<T extends object>(outcome: T): Exclude<T, { readonly refused: unknown }> {
  if ('refused' in outcome) throw new Fatal(`a shipped scorecard cannot take force: ${JSON.stringify(outcome)}`);
  return outcome as Exclude<T, { readonly refused: unknown }>;
}
