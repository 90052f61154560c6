import { Inject, Injectable } from '@nestjs/common';
import { signalsTopic, sourcesTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { Outbox } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import { asksAbout } from '../domain/import-question.js';
import { ImportQuestionStore, type NewImportQuestion } from './import-question-store.js';

/** Asks about an import when the first account says that it is over: before any account is looked at by what it brought. Told to operators once. */
@Injectable()
export class AskAboutImports {
  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly store: ImportQuestionStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async ask(tx: Transaction, events: readonly ReceivedEvent<typeof signalsTopic>[]): Promise<void> {
    const at = this.clock.now();
    const questions = new Map<string, NewImportQuestion>();
    for (const event of events) {
      if (event.type !== 'perennial.account.imported.v1') continue;
      const { importId, contacts } = event.data;
      if (contacts !== undefined && asksAbout(contacts, this.config.cleanup)) questions.set(importId, { importId, ...contacts, at });
    }
    if (questions.size === 0) return;
    const asked = await this.store.ask(tx, [...questions.values()]);
    await this.outbox.publish(tx, sourcesTopic, [...questions.values()].filter(({ importId }) => asked.has(importId)).map((question) => ({
      type: 'perennial.import.questioned.v1' as const, key: question.importId, time: at, data: { ...question, at: at.toISOString() },
    })));
  }
}
