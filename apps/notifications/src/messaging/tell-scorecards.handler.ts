import { Injectable } from '@nestjs/common';
import type { ScorecardChanged } from '@perennial/contracts/scorecard';
import { scorecardsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Inbox, type InboxDraft } from '../application/inbox.js';

/** What a change of scorecard did to the whole book is one inbox item for operators, not one per account. */
@Injectable()
@Consumes(scorecardsTopic)
export class TellScorecardsHandler implements BatchHandler<typeof scorecardsTopic> {
  constructor(private readonly inbox: Inbox) {}

  async handle(batch: EventBatch<typeof scorecardsTopic>, tx: Transaction): Promise<void> {
    await this.inbox.add(tx, batch.events.map(({ data }) => itemOf(data)));
  }
}

function itemOf(change: ScorecardChanged): InboxDraft {
  const { scorecardId, at, version } = change;
  return { key: `scorecard-changed ${scorecardId} ${version}`, audience: 'role:operator', kind: 'scorecard_changed', accountId: null, title: titleOf(change), createdAt: new Date(at) };
}

function titleOf({ scorecardId, revision, replaced, action, reason, bands, riskLevels }: ScorecardChanged): string {
  const what = {
    publish: `Revision ${revision} of the scorecard ${scorecardId} is in force`,
    roll_back: `The scorecard ${scorecardId} is back at revision ${revision}`,
    retire: `Revision ${replaced} of the scorecard ${scorecardId} is no longer in force`,
  }[action];
  const total = bands.reduce((sum, { accounts }) => sum + accounts, 0);
  const moved = total === 0 ? 'no account changed its band' : `${total} ${total === 1 ? 'account' : 'accounts'} changed the band: ${counted(bands)}`;
  const risk = riskLevels.length === 0 ? '' : `; risk level: ${counted(riskLevels)}`;
  return `${what} (${reason}): ${moved}${risk}.`;
}

const counted = (moves: ScorecardChanged['bands']): string => moves.map(({ from, to, accounts }) => `${accounts} from ${from} to ${to}`).join(', ');
