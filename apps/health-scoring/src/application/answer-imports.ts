import { Injectable, Logger } from '@nestjs/common';
import { killPoint } from '@perennial/messaging/kill-point';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { dueSince, DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import type { ImportAnswer } from '../domain/import-question.js';
import type { AccountHealthState } from '../domain/state.js';
import { byHalves } from './by-halves.js';
import { ImportQuestionStore, type ImportQuestion } from './import-question-store.js';
import { RescoreAccounts } from './rescore-accounts.js';
import { SignalTime } from './signal-time.js';

/** Accounts of one transaction. */
const mostAtOnce = 200;
/** Machine time of one call. */
const longestMs = 2_000;

export type AnswerOutcome = { readonly answered: ImportQuestion } | { readonly refused: 'unknown' | 'answered_otherwise' };

/** A person says once what an import was. The accounts that it concerns are looked at then, some in each transaction: a crash goes on where it stood. */
@Injectable()
@RunsDueWork()
export class AnswerImports implements DueWork {
  private readonly logger = new Logger(AnswerImports.name);

  constructor(
    private readonly database: Database,
    private readonly store: ImportQuestionStore,
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /** The same answer again changes nothing; another one is refused, since accounts were judged by the first. */
  async answer(tx: Transaction, importId: string, answer: ImportAnswer, reason: string, by: string): Promise<AnswerOutcome> {
    const question = await this.store.lock(tx, importId);
    if (question === null) return { refused: 'unknown' };
    if (question.answered !== null) return question.answered.answer === answer ? { answered: question } : { refused: 'answered_otherwise' };
    const answered = { answer, reason, by, at: this.clock.now() };
    await this.store.answer(tx, importId, answered);
    tx.afterCommit(() => this.nudge.nudge());
    return { answered: { ...question, answered } };
  }

  async nextDueAt(): Promise<Date | null> {
    return dueSince(await this.store.answeredSince(this.database), this.clock.now());
  }

  async runDue(): Promise<void> {
    const end = performance.now() + longestMs;
    for (let isMore = true; isMore && performance.now() < end; ) isMore = await this.lookAtSome();
  }

  /** True when there may be more. */
  private async lookAtSome(): Promise<boolean> {
    const accountIds = await this.store.answered(this.database, mostAtOnce);
    await byHalves(accountIds, (some) => this.lookAt(some), async (accountId, error) => {
      this.logger.error({ msg: 'the account cannot be judged by what was answered of an import', account_id: accountId, err: error });
      await this.database.transaction((tx) => this.store.takeAnswered(tx, [accountId]));
    });
    return accountIds.length === mostAtOnce;
  }

  private lookAt(accountIds: readonly string[]): Promise<number> {
    return this.database.transaction(async (tx) => {
      const taken = await this.store.takeAnswered(tx, accountIds);
      const changes = taken.map((accountId) => ({ accountId, contacts: [], apply: (state: AccountHealthState) => void (state.pendingCause ??= 'override') }));
      if (taken.length > 0) await this.rescoreAccounts.rescore(tx, null, changes, await this.signalTime.outsideOfSignals(tx), 'override');
      killPoint('scoring.answering-import');
      return taken.length;
    });
  }
}
