import { byForce } from '../../../test/by-force.js';
import { wanderingDays } from '../../../test/kept-days.js';
import { shippedDocument } from '../../../test/scenario.js';
import type { KeptDay } from '../days/day-codec.js';
import { readingPlanOf } from '../days/reading-plan.js';
import { compileScorecard } from '../scorecard/compile-scorecard.js';
import type { Scorecard } from '../scorecard/scorecard.js';
import { simulateAccount } from './simulate-account.js';
import { simulatedCards } from './simulated-cards.js';
import { addUp, emptyTally, tallyOf, type Tally } from './tally.js';

const documents = ['csm-led', 'digital', 'onboarding', 'goals-only'].map(shippedDocument);
const inForce = documents.map((document) => ({ document, revision: 1 }));
const plan = readingPlanOf(documents.map((document) => compileScorecard(document, 1)), 3);
const csmLed = documents[0]!;
const from = 20_461; // a Thursday
const days = 120;
const accounts = Array.from({ length: 60 }, (_, seed) => wanderingDays(seed + 1, from, days, plan, compileScorecard(csmLed, 1)));

/** Touches weigh more, the bands are stricter, a cap is gone, one indicator too. */
const draft: Scorecard = {
  ...csmLed, bands: { amber: 45, green: 75 }, measures: csmLed.measures.map((measure) => (measure.id === 'touches' ? { ...measure, weight: 20 } : measure)),
  caps: csmLed.caps.filter(({ id }) => id !== 'goal_missed'), indicators: csmLed.indicators.filter(({ kind }) => kind !== 'gone_dark'), coverage: { green: 0.7, any: 0.4 },
};
const tallied = (document: Scorecard, book = accounts): Tally => {
  const cards = simulatedCards(inForce, { document, revision: 2 }, inForce);
  return book.map((own) => tallyOf(simulateAccount(own, cards))).reduce(addUp, emptyTally);
};

describe('a simulation', () => {
  const tally = tallied(draft);
  const sum = (field: 'riskChanges' | 'toRed' | 'strikes') => (['inForce', 'draft'] as const).map((side) => Object.values(tally.weeks).reduce((all, week) => all + week[side][field], 0));

  it('counts what a count by hand does', () => {
    const expected = byForce(documents, draft, accounts);
    expect({ bands: tally.bands, newlyUnknown: tally.newlyUnknown, riskChanges: sum('riskChanges'), toRed: sum('toRed'), strikes: sum('strikes'), weeks: Object.keys(tally.weeks).length }).toEqual(expected);
    // It does find what there is to find.
    expect(tally.newlyUnknown).toBeGreaterThan(0);
    expect(expected.riskChanges[0]).toBeGreaterThan(20);
    expect(Object.keys(tally.bands).length).toBeGreaterThan(4);
    expect(tally).toMatchObject({ accounts: 60, accountDays: 60 * days, withoutDays: 0, unanswered: { inForce: {}, draft: {} } });
    for (const week of Object.keys(tally.weeks)) expect(new Date(week).getUTCDay()).toBe(1);
  });

  it('of what is in force finds no difference', () => {
    const same = tallied(csmLed);
    expect(same).toMatchObject({ differing: 0, newlyUnknown: 0, noLongerUnknown: 0 });
    for (const week of Object.values(same.weeks)) expect(week.draft).toEqual(week.inForce);
    for (const way of Object.keys(same.bands)) expect(way.split('>')[0]).toBe(way.split('>')[1]);
  });

  it('adds up to the same in any parts', () => {
    const parts = [accounts.slice(40), accounts.slice(0, 7), [[] as KeptDay[]], accounts.slice(7, 40)].map((part) => tallied(draft, part));
    expect(parts.reduce(addUp)).toEqual({ ...tally, withoutDays: 1 });
  });

  it('names what the days cannot answer, and counts the days', () => {
    const some = accounts.slice(0, 12);
    const changed = (change: Partial<Scorecard>) => tallied({ ...csmLed, ...change }, some).unanswered;
    const settings = (kind: string, more: object) => csmLed.indicators.map((entry) => (entry.kind === kind ? { ...entry, settings: { ...entry.settings, ...more } } : entry));
    // Days on which csm-led judges: young accounts are the onboarding scorecard's, others of the tier another one's.
    const asked = some.map((own) => own.filter(({ facts: { applicant } }) => applicant.tier !== 'digital' && (applicant.ageDays >= 90 || applicant.reached.includes('value'))).length).filter((count) => count > 0);
    const whole = { accounts: asked.length, accountDays: asked.reduce((sum, count) => sum + count, 0) };
    expect(changed({ indicators: settings('gone_dark', { businessDays: 5 }) })).toEqual({ inForce: {}, draft: { 'indicators.gone_dark': whole } });
    expect(changed({ measures: csmLed.measures.map((measure) => (measure.id === 'milestones_on_time' ? { ...measure, settings: { windowDays: 90 } } : measure)) }).draft).toEqual({ 'measures.milestones_on_time': whole });
    expect(Object.keys(changed({ tiers: { ...csmLed.tiers, mid: { touches: 9, contacts: 9, requiredRoles: [] } } }).draft).sort()).toEqual(['indicators.cadence_missed', 'indicators.executive_gap', 'indicators.single_threaded', 'measures.multithreading', 'measures.touches']);
    // Weights, curves, validity, limits and settings of caps, bands and the rest can all be answered.
    expect(changed({ bands: draft.bands, ageing: { ...csmLed.ageing, keep: 0.5 }, caps: csmLed.caps.map((cap) => (cap.id === 'urgent_ticket' ? { ...cap, settings: { days: 1 }, limit: 10 } : cap)) }).draft).toEqual({});
    // A revision that judged and is not known any more.
    const cards = simulatedCards(inForce, { document: csmLed, revision: 2 }, []);
    expect(simulateAccount(accounts[1]!, cards)!.unanswered.draft.get('indicators.gone_dark')).toBe(days);
  });

  it('takes a draft in shadow, or of a new scorecard, as one that judges whom its criteria are for', () => {
    const trial: Scorecard = { ...csmLed, id: 'trial', role: 'shadow', order: 1, criteria: { segments: ['smb'] }, bands: { amber: 98, green: 99 } };
    const outcomes = accounts.map((own) => simulateAccount(own, simulatedCards(inForce, { document: trial, revision: 0 }, inForce))!);
    expect(outcomes.map(({ draft: { scorecardId } }, i) => (scorecardId === 'trial') === (accounts[i]![0]!.facts.applicant.segment === 'smb'))).not.toContain(false);
  });
});
