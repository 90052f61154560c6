import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import { validate as isUuid } from 'uuid';
import type { SignalIngestionConfig } from '../config.js';
import type { Arrival } from '../domain/arrival.js';
import { fitSignals } from '../domain/hooks/fit-signals.js';
import { hookSourceNamed } from '../domain/hooks/hook-sources.js';
import type { HookSettings } from '../domain/hooks/hook-settings.js';
import type { ItemFault } from '../domain/item-fault.js';
import { sourceOf } from '../domain/read-message.js';
import type { Item } from '../domain/vendors/vendor.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { HookMapper } from './hooks/hook-mapper.js';
import { HookStore } from './hook-store.js';
import { ReadMessages } from './read-messages.js';
import type { Rejected } from './rejected-store.js';

/** Mappings are users' programs: in one call they may take this long together. */
const mostMs = 10_000;

/** A refused event of a webhook, as it was or mended. */
export interface EventToReread {
  readonly row: Rejected & { readonly event: NonNullable<Rejected['event']> };
  readonly body: Item;
}

/**
 * Maps refused webhook events again by the settings their sources have now. What becomes of them has the ids and the
 * time of receipt it would have had at first; signals that were taken then are left out.
 */
@Injectable()
export class RereadHookEvents {
  constructor(
    private readonly hooks: HookStore,
    private readonly mapper: HookMapper,
    private readonly readMessages: ReadMessages,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  /** The arrivals of each event in order, or why it cannot be taken; all their places in the chunk are 0. */
  async read(events: readonly EventToReread[]): Promise<(readonly Arrival[] | ItemFault)[]> {
    const found = await this.hooks.find([...new Set(events.map(({ row }) => row.sourceId))].filter(isUuid));
    const settings = new Map(found.map((hook) => [hook.id, hook.settings]));
    const read: (readonly Arrival[] | ItemFault)[] = [];
    const until = performance.now() + mostMs;
    for (const event of events) read.push(performance.now() > until ? notTried : await this.readOne(event, settings.get(event.row.sourceId)));
    return read;
  }

  private async readOne({ row, body }: EventToReread, settings: HookSettings | undefined): Promise<readonly Arrival[] | ItemFault> {
    const source = hookSourceNamed(row.vendor ?? '');
    const vendor = vendorNamed(row.vendor ?? '');
    if (!source || !vendor || !settings) return { code: 'source_gone', pointer: '', detail: 'its source was revoked: have it sent to another one' };
    const { signals, fault } = await this.mapper.mapAgain({ id: `replay/${row.sourceId}`, source, settings }, row.event, body);
    if (fault) return fault;
    const receivedAt = row.receivedAt.getTime();
    const made = signals.filter(({ id }) => !row.event.taken.includes(id as string));
    const unfit = fitSignals(vendor, made, receivedAt, this.config.rules).fault;
    if (unfit) return unfit;
    const arrivals: Arrival[] = [];
    for (const signal of made) {
      // As it would stand in the log.
      const item = JSON.parse(JSON.stringify(signal)) as Item;
      const arrival = this.readMessages.read({ at: 0, vendor: vendor.name, sourceId: sourceOf(vendor, row.sourceId, item), fallbackId: row.id, call: 'signal', body: item, sentAt: null, receivedAt });
      if ('code' in arrival) return arrival;
      arrivals.push(arrival);
    }
    return arrivals;
  }
}

const notTried: ItemFault = { code: 'not_tried', pointer: '', detail: 'the mappings of those before it took too long: replay fewer at once' };
