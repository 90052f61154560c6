import type { Indicator } from '@perennial/contracts/health';
import type { ActiveIndicator } from '../state.js';
import { strikeLedgerOf } from './strike-ledger.js';
import { strikesOf } from './strikes.js';

const active = (kind: string, evidence: readonly string[]): ActiveIndicator => ({ id: `${kind}-1`, kind, since: 0, severe: false, validUntil: null, evidence, subject: null, text: '', confirmed: false, byRevision: false });
const groups: Readonly<Record<string, Indicator['group']>> = { usage_drop: 'use', champion_left: 'people', sponsor_change: 'people', negative_survey: 'voice', ticket_surge: 'support', goals_missing: 'hygiene' };

function ledgerOf(...indicators: ActiveIndicator[]) {
  const shown = indicators.map(({ id, kind, severe, evidence }) => ({ id, kind, group: groups[kind]!, severe, text: '', since: '2026-01-01T00:00:00Z', validUntil: null, evidence: [...evidence] }));
  return strikeLedgerOf(shown, strikesOf(indicators, []), []);
}

describe('the ledger of strikes', () => {
  it('folds groups together that rest on one signal', () => {
    const ledger = ledgerOf(active('champion_left', ['s1']), active('negative_survey', ['s1', 's2']), active('ticket_surge', ['s2']), active('goals_missing', []));
    expect(ledger.strikes).toMatchObject({ count: 1, groups: ['people'] });
    expect(ledger.groups.map(({ group, counted, sharesEvidenceWith }) => [group, counted, sharesEvidenceWith])).toEqual([
      ['people', true, ['support', 'voice']], ['support', false, ['people', 'voice']], ['voice', false, ['people', 'support']],
    ]);
    expect(ledger.causes).toEqual([{ indicators: ['champion_left-1', 'negative_survey-1', 'ticket_surge-1'], groups: ['people', 'support', 'voice'], countedFor: 'people', sharedEvidence: ['s1', 's2'] }]);
    expect(ledger.never.map(({ kind }) => kind)).toEqual(['goals_missing']);
  });

  it('gives a shared cause to the group that has no other, and counts a group once', () => {
    const ledger = ledgerOf(active('sponsor_change', ['s1']), active('champion_left', ['s3']), active('negative_survey', ['s1']), active('usage_drop', []));
    expect(ledger.strikes.groups).toEqual(['use', 'people', 'voice']);
    expect(ledger.causes.map(({ indicators, countedFor }) => [indicators, countedFor])).toEqual([[['sponsor_change-1', 'negative_survey-1'], 'voice'], [['champion_left-1'], 'people'], [['usage_drop-1'], 'use']]);
    expect(ledger.groups.every(({ counted }) => counted)).toBe(true);
  });
});
