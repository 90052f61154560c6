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
import { isItem } from '../domain/vendors/fields.js';
import type { Item, Vendor } from '../domain/vendors/vendor.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { CapNames } from './cap-names.js';
import { MessageStore } from './message-store.js';
import { ReadMessages } from './read-messages.js';
import { RejectedStore, type Rejected, type RejectedFilter } from './rejected-store.js';
import { RereadHookEvents, type EventToReread } from './reread-hook-events.js';
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

export interface ReplayedPage {
  readonly replayed: readonly Replayed[];
  /** Of `where` there may be more. */
  readonly hasMore: boolean;
}

const noRoom: ItemFault = { code: 'not_tried', pointer: '', detail: 'those before it are large: replay fewer at once' };

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
    private readonly rereadHookEvents: RereadHookEvents,
    private readonly capNames: CapNames,
    private readonly takeMessages: TakeMessages,
    private readonly clock: Clock,
  ) {}

  /**
   * `dryRun`: only says which could be read. In the order of `ids`, or oldest first. Where payloads are large, ids at the end
   * are not tried, and of `where` fewer than `limit` are.
   */
  async replay(selection: Selection, mending: Mending, dryRun: boolean, call: IdempotentCall | null): Promise<ReplayedPage> {
    await this.messages.prepare();
    return this.database.transaction((tx) => once(tx, call, async (): Promise<ReplayedPage> => {
      const { rows, left } = 'ids' in selection ? await this.rejected.claim(tx, selection.ids) : await this.rejected.claimSome(tx, selection.where, selection.limit, selection.startingAfter);
      const replayed = await this.replayRows(tx, rows, mending, dryRun);
      if (!('ids' in selection)) return { replayed, hasMore: left.length > 0 || replayed.length === selection.limit };
      const byId = new Map([...replayed, ...left.map((id): Replayed => ({ id, result: 'refused', fault: noRoom }))].map((one) => [one.id, one]));
      return { replayed: selection.ids.map((id) => byId.get(id) ?? { id, result: 'not_open', fault: null }), hasMore: false };
    }));
  }

  private async replayRows(tx: Transaction, rows: readonly Rejected[], mending: Mending, dryRun: boolean): Promise<Replayed[]> {
    const read = await this.read(rows, mending);
    const arrivals = read.flatMap((one) => ('code' in one ? [] : one));
    const { refusals, results } = dryRun ? { refusals: [], results: null } : await this.takeMessages.take(tx, await this.capNames.cap(tx, arrivals), () => undefined);
    const faults = new Map(refusals.map(({ arrival, fault }) => [arrival.at, fault]));
    const replayed = rows.map(({ id }, index): Replayed => {
      const one = read[index]!;
      if ('code' in one) return { id, result: 'refused', fault: one };
      const became = one.map(({ at }) => results?.get(at) ?? 'published');
      // A part that was refused (traits without room) is told, and the rest counts.
      const fault = one.map(({ at }) => faults.get(at)).find((found) => found !== undefined) ?? null;
      if (became.includes('rejected')) return { id, result: 'refused', fault };
      const all = (result: (typeof became)[number]): boolean => became.length > 0 && became.every((each) => each === result);
      if (all('suppressed')) return { id, result: 'refused', fault: personSuppressed };
      return { id, result: all('repeated') ? 'repeated' : 'taken', fault };
    });
    if (dryRun) return replayed;
    killPoint('ingestion.replaying-rejected');
    // What was mended on the way is not what is kept: its reason is told, and not kept either.
    if (mending.payload === undefined && mending.patch === undefined) {
      await this.rejected.refusedAgain(tx, replayed.flatMap(({ id, result, fault }) => (result === 'refused' && fault !== null && !aboutKeeping.has(fault.code) ? [{ id, fault }] : [])));
    }
    await this.rejected.replayed(tx, replayed.filter(({ result }) => result !== 'refused').map(({ id }) => id), this.clock.now());
    return replayed;
  }

  /** What each row says, or why it cannot be taken. Every arrival has a place of its own in the chunk. */
  private async read(rows: readonly Rejected[], mending: Mending): Promise<(readonly Arrival[] | ItemFault)[]> {
    const events: EventToReread[] = [];
    const read = rows.map((row): Arrival | ItemFault | 'event' => {
      const item = mended(row, mending);
      if ('fault' in item) return item.fault;
      if (row.event === null) return this.readItem(row, item);
      events.push({ row: { ...row, event: row.event }, body: item.body });
      return 'event';
    });
    const ofEvents = (await this.rereadHookEvents.read(events)).values();
    let at = 0;
    return read.map((one) => {
      const arrivals = one === 'event' ? ofEvents.next().value! : one;
      return 'code' in arrivals ? arrivals : [arrivals].flat().map((arrival): Arrival => ({ ...arrival, at: at++ }));
    });
  }

  private readItem(row: Rejected, { vendor, call, kept, body }: MendedItem): Arrival | ItemFault {
    const { itemBytes } = vendor.limits;
    if (Buffer.byteLength(JSON.stringify(body)) > itemBytes) return { code: 'too_large', pointer: '', detail: `is larger than ${itemBytes} bytes: send less with it` };
    return this.readMessages.read({
      at: 0, vendor: vendor.name, sourceId: row.sourceId, fallbackId: row.id, call: callOf(vendor, call, kept, body), body, sentAt: row.sentAt, receivedAt: row.receivedAt.getTime(),
    });
  }
}

interface MendedItem {
  readonly vendor: Vendor;
  readonly call: string;
  readonly kept: unknown;
  readonly body: Item;
}

/** Faults of how a row was kept or tried, not of what it holds. */
const aboutKeeping = new Set(['not_an_item', 'payload_incomplete', 'not_tried', personSuppressed.code]);

function mended(row: Rejected, { payload, patch }: Mending): MendedItem | { readonly fault: ItemFault } {
  const vendor = row.vendor === null ? null : vendorNamed(row.vendor);
  if (!vendor || row.call === null) return { fault: { code: 'not_an_item', pointer: '', detail: 'this was a whole body or nobody noted how to read it: have it sent again' } };
  const kept: unknown = JSON.parse(row.payload);
  if (payload === undefined && !isWhole(row.event === null ? row.code : null, kept)) return { fault: { code: 'payload_incomplete', pointer: '', detail: 'only a part of it was kept: give the whole item as payload' } };
  const body = payload ?? (patch === undefined ? kept : mergePatch(kept, patch));
  if (!isItem(body)) return { fault: { code: 'not_an_object', pointer: '', detail: 'must be a JSON object' } };
  return { vendor, call: row.call, kept, body };
}

/** Items of a batch say their own call, so it is mended with them; else the call is that of the path. */
function callOf(vendor: Vendor, call: string, kept: unknown, body: object): string {
  const own = (item: unknown): string => {
    const items = vendor.itemsOf({ [vendor.itemsField]: [item] });
    return 'code' in items ? '' : (items[0]?.call ?? '');
  };
  return own(kept) === call ? own(body) : call;
}
