import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { randomUUID } from 'node:crypto';
import { judgeIndicator, type Judgement, type JudgementOutcome } from '../domain/judgements.js';
import { setOverride, withdrawOverride, type OverrideOutcome } from '../domain/overrides.js';
import type { AccountHealthState, Override } from '../domain/state.js';
import { AccountHealthStore, type ScoredAccount } from './account-health-store.js';
import { JudgementRecord } from './judgement-record.js';
import { RescoreAccounts } from './rescore-accounts.js';
import { SignalTime } from './signal-time.js';

/**
 * What people say of a score or an indicator; each gives a new verdict at once, a refusal changes nothing.
 * Null: scoring does not know the account.
 */
@Injectable()
export class JudgeAccounts {
  constructor(
    private readonly store: AccountHealthStore,
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly record: JudgementRecord,
    private readonly clock: Clock,
  ) {}

  async override(tx: Transaction, accountId: string, wish: Omit<Override, 'id'>): Promise<OverrideOutcome | null> {
    const override = { id: randomUUID(), ...wish };
    const { outcome, verdict } = await this.change(tx, accountId, (state, now) => setOverride(state, override, now), (found) => 'set' in found);
    if (outcome && 'set' in outcome) {
      await this.record.add(tx, {
        id: override.id, accountId, indicatorId: null, action: 'override', healthScore: outcome.set.healthScore, reason: override.reason, until: override.expiresAt, by: override.by, at: this.clock.now(),
        override: verdict?.computed ? { band: verdict.health.band, computedScore: verdict.computed.healthScore, computedBand: verdict.computed.band } : null,
      });
    }
    return outcome;
  }

  async withdraw(tx: Transaction, accountId: string, overrideId: string, by: string): Promise<'withdrawn' | 'unknown' | null> {
    const { outcome } = await this.change(tx, accountId, (state, now) => withdrawOverride(state, overrideId, now), (found) => found === 'withdrawn');
    if (outcome === 'withdrawn') {
      await this.record.add(tx, { id: randomUUID(), accountId, indicatorId: null, action: 'withdraw', healthScore: null, reason: `override ${overrideId} withdrawn`, until: null, by, at: this.clock.now() });
    }
    return outcome;
  }

  async judge(tx: Transaction, accountId: string, indicatorId: string, judgement: Judgement, by: string): Promise<JudgementOutcome | null> {
    const { outcome } = await this.change(tx, accountId, (state, now) => judgeIndicator(state, indicatorId, judgement, now), (found) => 'judged' in found);
    if (outcome && 'judged' in outcome) {
      await this.record.add(tx, { id: randomUUID(), accountId, indicatorId, action: judgement.action, healthScore: null, reason: judgement.reason, until: 'until' in judgement ? judgement.until : null, by, at: this.clock.now() });
    }
    return outcome;
  }

  private async change<T>(tx: Transaction, accountId: string, decide: (state: AccountHealthState, now: number) => T, holds: (outcome: T) => boolean): Promise<{ outcome: T | null; verdict: ScoredAccount['verdict'] }> {
    if (!(await this.store.hasVerdict(tx, accountId))) return { outcome: null, verdict: null };
    const now = this.clock.now().getTime();
    let outcome: T | null = null;
    const apply = (state: AccountHealthState): void | false => {
      outcome = decide(state, now);
      return holds(outcome) ? undefined : false;
    };
    const [scored] = await this.rescoreAccounts.rescore(tx, null, [{ accountId, contacts: [], apply }], await this.signalTime.outsideOfSignals(tx), 'override');
    return { outcome, verdict: scored?.verdict ?? null };
  }
}
