import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../../config.js';
import type { Arrival } from '../../domain/arrival.js';
import { deduplicate } from '../../domain/deduplicate.js';
import { withId } from '../../domain/imports/row-ids.js';
import type { RowReader } from '../../domain/imports/row-meaning.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { personSuppressed, withoutPeople } from '../../domain/personal-data.js';
import { readMessage, sourceIdOf } from '../../domain/read-message.js';
import { structureFault } from '../../domain/structure.js';
import { perennial } from '../../domain/vendors/perennial.js';
import type { Item } from '../../domain/vendors/vendor.js';
import type { FileRow } from '../../files/file-row.js';
import { MessageStore } from '../message-store.js';
import { SignalMetrics } from '../signal-metrics.js';
import { Suppression } from '../suppression.js';
import { TakeMessages } from '../take-messages.js';
import type { Import } from './import-store.js';
import { unreadable } from './open-file.js';
import { RowOutcomes } from './row-outcomes.js';

/** Source of what files tell; an id is known within it whichever file it stands in. */
const importSource = 'import';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Rows that tell signals, on the way that live ones go: checked, told once, resolved, recorded, published. */
@Injectable()
export class TakeSignalRows {
  private readonly metrics = new SignalMetrics();

  constructor(
    private readonly takeMessages: TakeMessages,
    private readonly messages: MessageStore,
    private readonly suppression: Suppression,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  async take(tx: Transaction, one: Import, reader: RowReader, rows: readonly FileRow[]): Promise<RowOutcomes> {
    const outcomes = new RowOutcomes();
    const { arrivals, rowOf } = this.arrivalsOf(one, reader, rows, outcomes);
    if (one.dryRun) {
      for (const arrival of arrivals) if (withoutPeople(arrival, this.suppression.isSuppressed) === null) outcomes.refuse(rowOf[arrival.at]!, personSuppressed);
      const { fresh, conflicts } = deduplicate(arrivals, await this.messages.known(tx, arrivals, 'ever'));
      for (const { at } of fresh) outcomes.tell(rowOf[at]!, 'published');
      for (const { at } of conflicts) outcomes.refuse(rowOf[at]!, conflict);
      for (const { at } of arrivals) outcomes.tell(rowOf[at]!, 'repeated');
      return outcomes;
    }
    const { refusals, results, marked, changedContacts } = await this.takeMessages.take(tx, arrivals, () => undefined, one.id);
    for (const { arrival, fault } of refusals) outcomes.refuse(rowOf[arrival.at]!, reader.ofSignal(fault));
    for (const [at, result] of results) {
      if (result === 'suppressed') outcomes.refuse(rowOf[at]!, personSuppressed);
      else outcomes.tell(rowOf[at]!, result, arrivals[at]);
    }
    outcomes.accounts = marked;
    outcomes.changedContacts = changedContacts;
    tx.afterCommit(() => this.metrics.count(arrivals.map(({ at, meaning }) => ({ vendor: importSource, kind: meaning.signal?.kind ?? null, result: results.get(at) ?? 'repeated' }))));
    return outcomes;
  }

  private arrivalsOf(one: Import, reader: RowReader, rows: readonly FileRow[], outcomes: RowOutcomes): { arrivals: Arrival[]; rowOf: FileRow[] } {
    const arrivals: Arrival[] = [];
    const rowOf: FileRow[] = [];
    for (const row of rows) {
      const items = row.problem === null ? this.itemsOf(one, reader, row) : unreadable(row.problem);
      if ('code' in items) {
        outcomes.refuse(row, items);
        continue;
      }
      const read = items.map((item, i) => this.arrivalOf(one, item, arrivals.length + i));
      const fault = read.find((arrival): arrival is ItemFault => 'code' in arrival);
      if (fault) {
        outcomes.refuse(row, reader.ofSignal(fault));
        continue;
      }
      for (const arrival of read as Arrival[]) {
        arrivals.push(arrival);
        rowOf.push(row);
      }
    }
    return { arrivals, rowOf };
  }

  private itemsOf(one: Import, reader: RowReader, row: FileRow): Item[] | ItemFault {
    if (one.options.as === 'signals') return [row.cells as Item];
    const values = reader.values(row.cells);
    return 'code' in values ? values : reader.signals(values, this.config.rules.currency);
  }

  private arrivalOf(one: Import, item: Item, at: number): Arrival | ItemFault {
    const fault = structureFault(item);
    if (fault) return fault;
    const body = withId(item, one.seed ?? one.id);
    const sourceId = sourceIdOf(importSource, body['source']);
    const read = readMessage({ at, sourceId, call: 'signal', body, sentAt: null, receivedAt: one.createdAt.getTime(), fallbackId: String(body['id']) }, perennial, this.config.rules, digest);
    if ('code' in read || read.meaning.signal?.kind !== 'person') return read;
    // A file of people says how they are: who is new is told as created.
    const meaning = one.options.as === 'people' ? { ...read.meaning, mayCreate: true } : read.meaning;
    return { ...read, importId: one.id, meaning };
  }
}

const conflict: ItemFault = { code: 'id_conflict', pointer: 'id', detail: 'was used before for other content: give every row an id of its own' };
