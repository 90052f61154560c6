import type { HealthState, Indicator, RiskChange } from '@perennial/contracts/health';
import { shippedPlaybooks } from '../src/playbooks/shipped-playbooks.js';
import { newBook, type AccountBook } from '../src/domain/account-book.js';
import type { Desk, Office } from '../src/domain/desk.js';
import { tasksOf, type TaskRecord } from '../src/domain/run.js';
import type { PlaybookDocument } from '../src/domain/playbook-document.js';

/** A shelf of the shipped playbooks (or others) and a country without holidays. */
export function office(playbooks: readonly PlaybookDocument[] = shippedPlaybooks, older: readonly PlaybookDocument[] = []): Office {
  const all = [...older, ...playbooks];
  const revision = (id: string, number: number) => {
    const found = all.find((playbook) => playbook.id === id && playbook.revision === number);
    if (!found) throw new Error(`no ${id} revision ${number}`);
    return found;
  };
  return { shelf: { newest: playbooks, revision }, holidays: () => new Set(), departed: new Set(), observe: false };
}

export function desk(book: Partial<AccountBook> = {}): Desk {
  return { book: { ...newBook('acme'), name: 'Acme', ownerId: 'olga', ...book }, runs: [] };
}

export function riskChange(from: RiskChange['from'], to: RiskChange['to'], more: Partial<RiskChange> = {}): RiskChange {
  return {
    accountId: 'acme', from, to, healthScore: 50, reasons: [{ indicator: 'usage_drop', text: 'Use fell by half', evidence: [] }], cause: 'signal',
    strikes: { count: 1, groups: ['use'] }, renewalOn: null, noticeOn: null, arrMinor: null, currency: null,
    scorecardRevision: { id: 'csm-led', revision: 1 }, occurredAt: '2026-11-24T09:00:00.000Z', version: 1, ...more,
  };
}

export function indicator(kind: string, group: Indicator['group']): Indicator {
  return { id: `acme/${kind}`, kind, group, severe: false, text: `${kind} holds`, since: '2026-11-24T09:00:00.000Z', validUntil: null, evidence: [] };
}

export function health(riskLevel: HealthState['riskLevel'], groups: HealthState['strikes']['groups'], more: Partial<HealthState> = {}): HealthState {
  return {
    accountId: 'acme', healthScore: 50, rawScore: 50, adjustments: [], override: null, band: 'amber', riskLevel, dataCoverage: 1, lowConfidence: false, trend: 'flat',
    strikes: { count: groups.length, groups, savePlanReview: groups.length >= 3 }, measures: [], indicators: [],
    scorecard: { id: 'csm-led', revision: 1 }, asOf: '2026-11-24T09:00:00.000Z', version: 1, ...more,
  };
}

/** Tasks of all runs of a playbook, in order. */
export function tasksIn(at: Desk, playbookId: string): TaskRecord[] {
  return at.runs.filter((run) => run.playbook.id === playbookId).flatMap(tasksOf);
}
