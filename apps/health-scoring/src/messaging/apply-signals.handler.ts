import { Injectable } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type PartitionMemory, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { AskAboutImports } from '../application/ask-about-imports.js';
import { Backfills } from '../application/backfills.js';
import { FoldNotes } from '../application/fold-notes.js';
import type { LateNews } from '../application/late-news.js';
import { NoteCustomerDays } from '../application/note-customer-days.js';
import { RescoreAccounts, type AccountChange } from '../application/rescore-accounts.js';
import { RestateDays } from '../application/restate-days.js';
import { ScoringPolicy } from '../application/scoring-policy.js';
import { SignalTime } from '../application/signal-time.js';
import { sinceReset } from '../application/since-reset.js';
import { SourceSightings } from '../application/source-sightings.js';
import { CountUnusedSignals } from '../application/unused-signals.js';
import { applySignal, beginImport, contactsOfSignal, finishImport, finishRestatement, resetFacts } from '../domain/account-health.js';

const sighted = Symbol('sightings taken over');

type SignalsEvent = ReceivedEvent<typeof signalsTopic>;

/** Every signal moves its account's facts; each account of the chunk gets one verdict. */
@Injectable()
@Consumes(signalsTopic)
export class ApplySignalsHandler implements BatchHandler<typeof signalsTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly sightings: SourceSightings,
    private readonly signalTime: SignalTime,
    private readonly backfills: Backfills,
    private readonly policy: ScoringPolicy,
    private readonly notes: FoldNotes,
    private readonly unused: CountUnusedSignals,
    private readonly customerDays: NoteCustomerDays,
    private readonly restateDays: RestateDays,
    private readonly askAboutImports: AskAboutImports,
  ) {}

  async handle(batch: EventBatch<typeof signalsTopic>, tx: Transaction): Promise<void> {
    const signals = batch.events.flatMap((event) => ('kind' in event.data ? [event.data] : []));
    await this.sightings.refresh(tx, isNew(batch.memory));
    await this.sightings.note(tx, batch.partition, signals);
    this.backfills.note(signals);
    await this.askAboutImports.ask(tx, batch.events);
    const since = sinceReset(batch.events);
    await this.customerDays.note(tx, since);
    const time = await this.signalTime.ofSignals(tx, batch, signals);
    const { keyFeatures } = this.policy.current();
    const late = this.restateDays.lateNews(time);
    // States are kept in memory here alone: the other topics are quiet, and copies would make each other stale.
    const scored = await this.rescoreAccounts.rescore(tx, batch.memory, batch.events.map((event) => changeOf(event, keyFeatures, late)), time, 'signal');
    await this.restateDays.restate(tx, late);
    await this.notes.fold(tx, since);
    await this.unused.fold(tx, since, scored.map(({ state }) => state));
  }
}

/** True for the first chunk since the partition came, or since something went wrong with it. */
function isNew(memory: PartitionMemory): boolean {
  let first = false;
  memory.keep(sighted, () => (first = true));
  return first;
}

function changeOf(event: SignalsEvent, keyFeatures: readonly string[], late: LateNews): AccountChange {
  switch (event.type) {
    case 'perennial.account.reset.v1':
      return {
        accountId: event.key,
        contacts: [],
        apply: (state) => {
          late.reset(state);
          resetFacts(state);
        },
        event,
      };
    case 'perennial.account.restated.v1': {
      const restated = event.data;
      return { accountId: event.key, contacts: [], apply: (state) => finishRestatement(state, restated), event };
    }
    case 'perennial.account.importing.v1':
    case 'perennial.account.imported.v1': {
      const { importId } = event.data;
      const change = event.type === 'perennial.account.importing.v1' ? beginImport : finishImport;
      return { accountId: event.key, contacts: [], apply: (state) => change(state, importId), event };
    }
    default: {
      const signal = event.data;
      return {
        accountId: event.key,
        contacts: contactsOfSignal(signal),
        apply: (state) => {
          late.note(state, signal);
          applySignal(state, signal, keyFeatures);
        },
        event,
      };
    }
  }
}
