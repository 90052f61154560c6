import fc from 'fast-check';
import { entry } from '../../test/ledger-builder.js';
import type { ContractEntry, ContractStatus } from './contract-entry.js';
import { contractTimeline } from './contract-terms.js';
import { addDays } from './day.js';
import { isPending, renewalsOf } from './renewal.js';

const at = (entries: ContractEntry[], today: string) => renewalsOf(contractTimeline('c1', entries, today), today);
const brief = (entries: ContractEntry[], today: string) => at(entries, today).map(({ renewalOn, state, outcome }) => [renewalOn, state, outcome].filter(Boolean).join(' '));

const year = entry({ status: 'created', noticeDays: 60, endsOn: '2027-03-31', startsOn: '2026-04-01' });
const auto: ContractEntry = { ...year, autoRenew: true };
const notice = (day: string, fields: Partial<ContractEntry> = {}) =>
  entry({ status: 'cancel_scheduled', startsOn: '2026-04-01', endsOn: '2027-03-31', occurredAt: `${day}T12:00:00.000Z`, ...fields });

describe('renewals of a contract', () => {
  it('names itself by contract and term end, and counts the notice date back from it', () => {
    expect(at([year], '2026-05-01')).toEqual([
      { id: 'c1~2027-03-31', contractId: 'c1', renewalOn: '2027-03-31', noticeOn: '2027-01-30', arrMinor: 12_000_000, currency: 'USD', state: 'open', outcome: null, autoRenew: false, termDays: 365, startsOn: '2026-04-01', decidedOn: null },
    ]);
  });

  it('has the term end as notice date without a notice period, and none when open-ended', () => {
    expect(at([{ ...year, noticeDays: null }], '2026-05-01')[0]!.noticeOn).toBe('2027-03-31');
    expect(at([{ ...year, endsOn: null }], '2026-05-01')).toEqual([]);
  });

  it.each([
    ['grace', '2027-04-30', '2027-03-31 open'],
    ['the day after grace', '2027-05-01', '2027-03-31 churned churned'],
  ])('waits for a late signature: %s', (_, today, expected) => expect(brief([year], today)).toEqual([expected]));

  it.each([
    ['same price', '2027-04-01', 12_000_000, 'flat'],
    ['ten days late', '2027-04-10', 15_000_000, 'upsell'],
    ['early', '2027-02-01', 9_000_000, 'downsell'],
    ['on the last day', '2027-03-31', 12_000_000, 'flat'],
  ])('is renewed by a new term, %s', (_, startsOn, arrMinor, outcome) => {
    const renewed = entry({ status: 'renewed', startsOn, endsOn: '2028-03-31', arrMinor });
    expect(brief([year, renewed], '2026-06-01')).toEqual([`2027-03-31 renewed ${outcome}`, '2028-03-31 open']);
  });

  it('is churned where the new term starts after grace', () => {
    const wonBack = entry({ status: 'renewed', startsOn: '2027-05-15', endsOn: '2028-05-14' });
    expect(brief([year, wonBack], '2027-06-01')).toEqual(['2027-03-31 churned churned', '2028-05-14 open']);
  });

  it('moves with an extension and leaves an extended one behind', () => {
    const extended = entry({ status: 'extended', startsOn: '2026-04-01', endsOn: '2027-06-30', occurredAt: '2027-03-01T00:00:00.000Z' });
    expect(brief([year, extended], '2027-03-02')).toEqual(['2027-03-31 extended extended', '2027-06-30 open']);
    const shortened = entry({ status: 'amended', startsOn: '2026-04-01', endsOn: '2027-01-31', occurredAt: '2027-03-02T00:00:00.000Z' });
    expect(brief([year, extended, shortened], '2026-12-01')).toEqual(['2027-01-31 open']);
  });

  it('knows the day on which it became known what becomes of the term', () => {
    const decided = (entries: ContractEntry[], today: string) => at(entries, today).map(({ state, decidedOn }) => `${state} ${decidedOn}`);
    const withdrawn = notice('2026-12-20', { status: 'cancel_withdrawn' });
    const agreed = notice('2027-01-10', { status: 'agreed' });
    const renewed = entry({ status: 'renewed', startsOn: '2027-04-01', endsOn: '2028-03-31', occurredAt: '2027-02-03T09:00:00.000Z' });
    expect(decided([year, notice('2026-12-01')], '2026-12-02')).toEqual(['churn_notified 2026-12-01']);
    expect(decided([year, notice('2026-12-01')], '2027-04-01')).toEqual(['churned 2026-12-01']);
    expect(decided([year, notice('2026-12-01'), withdrawn], '2026-12-21')).toEqual(['open null']);
    expect(decided([year, agreed], '2027-01-11')).toEqual(['agreed 2027-01-10']);
    expect(decided([year, agreed, renewed], '2027-04-02')).toEqual(['renewed 2027-01-10', 'open null']);
    expect(decided([year, renewed], '2027-04-02')).toEqual(['renewed 2027-02-03', 'open null']);
    expect(decided([auto], '2027-04-02')).toEqual(['renewed 2027-01-30', 'open null']);
    expect(decided([year, notice('2027-03-05', { status: 'lost' })], '2027-04-02')).toEqual(['churned 2027-03-05']);
    // Nobody said anything: it ran out.
    expect(decided([year], '2027-05-01')).toEqual(['churned null']);
  });

  it('goes through notice, withdrawal and signature', () => {
    expect(brief([year, notice('2026-12-01')], '2026-12-02')).toEqual(['2027-03-31 churn_notified']);
    const withdrawn = notice('2026-12-20', { status: 'cancel_withdrawn' });
    expect(brief([year, notice('2026-12-01'), withdrawn], '2026-12-21')).toEqual(['2027-03-31 open']);
    const agreed = notice('2027-01-10', { status: 'agreed', arrMinor: 13_000_000 });
    expect(brief([year, notice('2026-12-01'), agreed], '2027-01-11')).toEqual(['2027-03-31 agreed']);
    expect(brief([year, agreed], '2027-04-01')).toEqual(['2027-03-31 renewed upsell', '2028-03-31 open']);
    const withDates = { ...agreed, startsOn: '2027-04-01', endsOn: '2029-03-31' };
    expect(brief([year, withDates], '2027-04-01')).toEqual(['2027-03-31 renewed upsell', '2029-03-31 open']);
  });

  it('takes a notice that names the term end as its effective day as given when it was told', () => {
    const told = notice('2026-12-01', { effectiveOn: '2027-03-31' });
    const withdrawn = notice('2026-12-20', { status: 'cancel_withdrawn' });
    expect(brief([auto, told], '2027-04-01')).toEqual(['2027-03-31 churned churned']);
    expect(brief([auto, told, withdrawn], '2026-12-21')).toEqual(['2027-03-31 open']);
  });

  it.each([
    ['on the notice date', '2027-01-30', ['2027-03-31 churn_notified'], ['2027-03-31 churned churned']],
    ['a day late', '2027-01-31', ['2027-03-31 open'], ['2027-03-31 renewed flat', '2028-03-31 churn_notified']],
  ])('renews by itself unless cancelled in time: %s', (_, day, before, after) => {
    expect(brief([auto, notice(day)], '2027-03-31')).toEqual(before);
    expect(brief([auto, notice(day)], '2027-04-01')).toEqual(after);
  });

  it('leaves the next term alone when a late notice is withdrawn', () => {
    const withdrawn = notice('2027-05-01', { status: 'cancel_withdrawn' });
    expect(brief([auto, notice('2027-01-31'), withdrawn], '2027-05-02')).toEqual(['2027-03-31 renewed flat', '2028-03-31 open']);
  });

  it('is churned by lost at once and by cancelled from its effective day', () => {
    expect(brief([auto, notice('2026-12-01', { status: 'lost' })], '2026-12-01')).toEqual(['2027-03-31 churned churned']);
    const cancelled = notice('2026-12-01', { status: 'cancelled', effectiveOn: '2027-02-01' });
    expect(brief([auto, cancelled], '2027-01-31')).toEqual(['2027-03-31 churn_notified']);
    expect(brief([auto, cancelled], '2027-02-01')).toEqual(['2027-03-31 churned churned']);
    expect(brief([auto, cancelled], '2029-02-01')).toEqual(['2027-03-31 churned churned']);
  });

  it('gives an open-ended contract an end once notice is given', () => {
    const open: ContractEntry = { ...year, endsOn: null, noticeDays: 30 };
    const told = notice('2026-12-01', { endsOn: null });
    expect(brief([open, told], '2026-12-02')).toEqual(['2026-12-31 churn_notified']);
    expect(brief([open, told], '2027-01-01')).toEqual(['2026-12-31 churned churned']);
    expect(brief([open, told, notice('2026-12-05', { status: 'cancel_withdrawn', endsOn: null })], '2026-12-06')).toEqual([]);
  });

  it.each([
    ['months from the 31st do not creep', '2026-01-31', '2026-02-27', '2026-06-15', ['2026-02-27', '2026-03-30', '2026-04-29', '2026-05-30', '2026-06-29']],
    ['a year from a leap day', '2024-02-29', '2025-02-27', '2028-03-01', ['2025-02-27', '2026-02-27', '2027-02-27', '2028-02-28', '2029-02-27']],
    ['the same day ends and starts', '2025-01-01', '2026-01-01', '2026-06-01', ['2026-01-01', '2027-01-01']],
    ['odd lengths go by days', '2026-01-01', '2026-02-14', '2026-03-01', ['2026-02-14', '2026-03-31']],
  ])('repeats a term that renews by itself: %s', (_, startsOn, endsOn, today, expected) => {
    expect(at([entry({ status: 'created', startsOn, endsOn, autoRenew: true })], today).map(({ renewalOn }) => renewalOn)).toEqual(expected);
  });

  it('takes a signed term in place of the one that followed by itself', () => {
    const monthly = entry({ status: 'created', startsOn: '2026-01-01', endsOn: '2026-01-31', autoRenew: true });
    const told = entry({ status: 'renewed', startsOn: '2026-02-01', endsOn: '2026-02-28' });
    const yearly = entry({ status: 'renewed', startsOn: '2026-03-15', endsOn: '2027-03-14' });
    expect(brief([monthly, told, yearly], '2026-04-01')).toEqual(['2026-01-31 renewed flat', '2026-02-28 renewed flat', '2027-03-14 open']);
  });

  it('amends the term that followed by itself without touching the one before', () => {
    const amended = entry({ status: 'amended', startsOn: '2027-04-01', endsOn: '2028-03-31', arrMinor: 20_000_000, occurredAt: '2027-08-01T00:00:00.000Z' });
    expect(brief([auto, amended], '2027-09-01')).toEqual(['2027-03-31 renewed flat', '2028-03-31 open']);
    expect(at([auto, amended], '2027-09-01')[1]!.arrMinor).toBe(20_000_000);
  });

  it('gives late word to the lapsed term, and what is told in a later signed term to that one', () => {
    const lost = notice('2027-04-10', { status: 'lost' });
    expect(brief([year, lost], '2027-04-10')).toEqual(['2027-03-31 churned churned']);
    const renewed = entry({ status: 'renewed', startsOn: '2027-04-01', endsOn: '2028-03-31' });
    expect(brief([{ ...year, endsOn: '2027-04-15' }, renewed, notice('2027-04-12')], '2027-04-13')).toEqual(['2027-04-15 renewed flat', '2028-03-31 churn_notified']);
  });

  it('takes 9999-12-31 for the far end it stands for', () => {
    const endless = { ...year, endsOn: '9999-12-31' };
    expect(brief([endless], '2026-06-01')).toEqual(['9999-12-31 open']);
    expect(brief([endless, entry({ status: 'renewed', startsOn: '2027-04-01', endsOn: '2028-03-31' })], '2027-06-01')).toEqual(['9999-12-31 renewed flat', '2028-03-31 open']);
  });

  it('gives a notice that names a later signed term to that term', () => {
    const renewed = entry({ status: 'renewed', startsOn: '2027-04-01', endsOn: '2028-03-31', occurredAt: '2027-01-05T00:00:00.000Z' });
    const later = notice('2027-02-01', { startsOn: '2027-04-01', endsOn: '2028-03-31' });
    expect(brief([year, renewed, later], '2027-02-02')).toEqual(['2027-03-31 renewed flat', '2028-03-31 churn_notified']);
  });
});

describe('any ledger', () => {
  const statuses: ContractStatus[] = ['created', 'amended', 'agreed', 'extended', 'cancel_scheduled', 'cancel_withdrawn', 'cancelled', 'renewed', 'lost'];
  const anyEntry = fc
    .record({ status: fc.constantFrom(...statuses), start: fc.integer({ min: 0, max: 900 }), length: fc.option(fc.integer({ min: 20, max: 400 })), told: fc.integer({ min: -30, max: 900 }), notice: fc.option(fc.integer({ min: 0, max: 90 })), auto: fc.option(fc.boolean()), effective: fc.option(fc.integer({ min: -30, max: 900 })) })
    .map(({ status, start, length, told, notice, auto, effective }) => {
      const day = (offset: number) => addDays('2026-01-01', offset);
      return entry({ status, startsOn: day(start), endsOn: length === null ? null : day(start + length), noticeDays: notice, autoRenew: auto, effectiveOn: effective === null ? null : day(effective), occurredAt: `${day(told)}T00:00:00.000Z` });
    });

  it('has at most one pending renewal, unique ids, and notice never after the end', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 7 }), fc.integer({ min: -40, max: 1500 }), (entries, offset) => {
        const renewals = at(entries, addDays('2026-01-01', offset));
        expect(renewals.filter(({ state }) => isPending(state)).length).toBeLessThanOrEqual(1);
        expect(new Set(renewals.map(({ id }) => id)).size).toBe(renewals.length);
        for (const { noticeOn, renewalOn, outcome, state } of renewals) {
          expect(noticeOn <= renewalOn).toBe(true);
          expect(outcome === null).toBe(isPending(state));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has exactly one pending renewal while the last term runs with an end date and is not lost', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 7 }), fc.integer({ min: -40, max: 1500 }), (entries, offset) => {
        const today = addDays('2026-01-01', offset);
        const timeline = contractTimeline('c1', entries, today);
        const last = timeline.terms.at(-1);
        const runs = last !== undefined && last.endsOn !== null && today <= last.endsOn && !last.standing.lost && !last.standing.ended;
        if (runs) expect(renewalsOf(timeline, today).filter(({ state }) => isPending(state))).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });
});
