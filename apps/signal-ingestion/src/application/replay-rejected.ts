import { Injectable } from '@nestjs/common';
import { killPoint } from '@perennial/messaging/kill-point';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import type { Arrival } from '../domain/arrival.js';
import type { ItemFault } from '../domain/item-fault.js';
import { mergePatch } from '../domain/merge-patch.js';
import { personSuppressed } from '../domain/personal-data.js';
import { isWhole } from '../domain/rejected-payload.js';
import type { Vendor } from '../domain/vendors/vendor.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { CapNames } from './cap-names.js';
import { MessageStore } from './message-store.js';
import { ReadMessages } from './read-messages.js';
import { RejectedStore, type Rejected, type RejectedFilter } from './rejected-store.js';
import { TakeMessages } from './take-messages.js';

/** How items are mended before they are read again; one or none of both. */
export interface Mending {
  /** In place of the whole payload. */
  readonly payload?: unknown;
  /** JSON Merge Patch (RFC 7396). */
  readonly patch?: unknown;
}

export type Selection = { readonly ids: readonly string[] } | { readonly where: RejectedFilter; readonly limit: number; readonly startingAfter: string | null };

/** `taken`: it counts now. `repeated`: the same was taken before. `refused`: it stays open. `not_open`: replayed before, expired or unknown. */
export interface Replayed {
  readonly id: string;
  readonly result: 'taken' | 'repeated' | 'refused' | 'not_open';
  readonly fault: ItemFault | null;
}

/**
 * Reads rejected items again, mended or as they are, and takes them as if they came now with the time of
 * receipt they had. Effect and state are one transaction: an item counts once, however often it is replayed.
 */
@Injectable()
export class ReplayRejected {
  constructor(
    private readonly database: Database,
    private readonly rejected: RejectedStore,
    private readonly messages: MessageStore,
    private readonly readMessages: ReadMessages,
    private readonly capNames: CapNames,
    private readonly takeMessages: TakeMessages,
    private readonly clock: Clock,
  ) {}

  /** `dryRun`: only says which could be read. In the order of `ids`, or oldest first. */
  async replay(selection: Selection, mending: Mending, dryRun: boolean, call: IdempotentCall | null): Promise<Replayed[]> {
    await this.messages.prepare();
    return this.database.transaction((tx) => once(tx, call, async () => {
      const rows = 'ids' in selection ? await this.rejected.claim(tx, selection.ids) : await this.rejected.claimSome(tx, selection.where, selection.limit, selection.startingAfter);
      const replayed = await this.replayRows(tx, rows, mending, dryRun);
      if (!('ids' in selection)) return replayed;
      const byId = new Map(replayed.map((one) => [one.id, one]));
      return selection.ids.map((id) => byId.get(id) ?? { id, result: 'not_open', fault: null });
    }));
  }

  private async replayRows(tx: Transaction, rows: readonly Rejected[], mending: Mending, dryRun: boolean): Promise<Replayed[]> {
    const read = rows.map((row, at) => this.read(row, at, mending));
    const arrivals = read.filter((one) => 'meaning' in one);
    const { refusals, results } = dryRun ? { refusals: [], results: null } : await this.takeMessages.take(tx, await this.capNames.cap(tx, arrivals), () => undefined);
    const faults = new Map(refusals.map(({ arrival, fault }) => [arrival.at, fault]));
    const replayed = rows.map(({ id }, at): Replayed => {
      const one = read[at]!;
      if (!('meaning' in one)) return { id, result: 'refused', fault: one };
      const result = results?.get(at) ?? 'published';
      // A part that was refused (traits without room) is told, and the rest counts.
      if (result === 'suppressed') return { id, result: 'refused', fault: personSuppressed };
      if (result === 'rejected') return { id, result: 'refused', fault: faults.get(at) ?? null };
      return { id, result: result === 'repeated' ? 'repeated' : 'taken', fault: faults.get(at) ?? null };
    });
    if (dryRun) return replayed;
    killPoint('ingestion.replaying-rejected');
    await this.rejected.replayed(tx, replayed.filter(({ result }) => result !== 'refused').map(({ id }) => id), this.clock.now());
    return replayed;
  }

  private read(row: Rejected, at: number, mending: Mending): Arrival | ItemFault {
    const vendor = row.vendor === null ? null : vendorNamed(row.vendor);
    if (!vendor || row.call === null) return { code: 'not_an_item', pointer: '', detail: 'this was a whole body or nobody noted how to read it: have it sent again' };
    const kept: unknown = JSON.parse(row.payload);
    const body = mending.payload ?? (mending.patch === undefined ? kept : mergePatch(kept, mending.patch));
    if (mending.payload === undefined && !isWhole(row.code, kept)) return { code: 'payload_incomplete', pointer: '', detail: 'only a part of it was kept: give the whole item as payload' };
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return { code: 'not_an_object', pointer: '', detail: 'must be a JSON object' };
    const { itemBytes } = vendor.limits;
    if (Buffer.byteLength(JSON.stringify(body)) > itemBytes) return { code: 'too_large', pointer: '', detail: `is larger than ${itemBytes} bytes: send less with it` };
    return this.readMessages.read({
      at, vendor: vendor.name, sourceId: row.sourceId, fallbackId: row.id, call: callOf(vendor, row.call, kept, body), body: body as Record<string, unknown>, sentAt: row.sentAt, receivedAt: row.receivedAt.getTime(),
    });
  }
}

/** Items of a batch say their own call, so it is mended with them; else the call is that of the path. */
function callOf(vendor: Vendor, call: string, kept: unknown, body: object): string {
  const own = (item: unknown): string => {
    const items = vendor.itemsOf({ [vendor.itemsField]: [item] });
    return 'code' in items ? '' : (items[0]?.call ?? '');
  };
  return own(kept) === call ? own(body) : call;
}
