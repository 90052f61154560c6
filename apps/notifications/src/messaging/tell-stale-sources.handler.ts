import { Injectable } from '@nestjs/common';
import type { EventOf } from '@perennial/contracts/topic';
import { sourcesTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Inbox, type InboxDraft } from '../application/inbox.js';

/** What is wrong with what comes in is one inbox item for operators, not one per account: a kind of signal or a source that went quiet, an import that changed many contacts at once. */
@Injectable()
@Consumes(sourcesTopic)
export class TellStaleSourcesHandler implements BatchHandler<typeof sourcesTopic> {
  constructor(private readonly inbox: Inbox) {}

  async handle(batch: EventBatch<typeof sourcesTopic>, tx: Transaction): Promise<void> {
    await this.inbox.add(tx, batch.events.flatMap((event) => itemOf(event) ?? []));
  }
}

function itemOf({ type, data }: EventOf<typeof sourcesTopic>): InboxDraft | null {
  if (type === 'perennial.import.questioned.v1') {
    const { importId, changed, known, at } = data;
    const title = `Import ${importId} changed ${changed} of ${known} contacts: did they really change? Until it is answered nothing is raised by it. See /api/v1/judgements/imports.`;
    return { key: `import-question ${importId}`, audience: 'role:operator', kind: 'import_question', accountId: null, title, createdAt: new Date(at) };
  }
  const common = { audience: 'role:operator' as const, accountId: null, createdAt: new Date(data.since) };
  if (type === 'perennial.source.changed.v1') {
    if (data.state !== 'stale') return null;
    return { ...common, key: `source-stale ${data.kind} ${data.since}`, kind: 'source_stale', title: `No ${data.kind} signal from any account since ${data.lastSeenAt}. Scores keep what they knew; look at the source.` };
  }
  if (data.state !== 'quiet') return null;
  return { ...common, key: `source-quiet ${data.sourceId} ${data.since}`, kind: 'source_quiet', title: `The source "${data.name}" has sent nothing since ${data.lastReceivedAt}, which is not its way. See /api/v1/sources/${data.sourceId}/figures.` };
}
