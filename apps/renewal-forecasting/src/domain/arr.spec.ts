import fc from 'fast-check';
import { entry } from '../../test/ledger-builder.js';
import { arrOn } from './arr.js';
import type { ContractEntry } from './contract-entry.js';
import { contractTimeline } from './contract-terms.js';

const arr = (entries: ContractEntry[], day: string) => arrOn(contractTimeline('c1', entries, day), day);

describe('ARR on a day', () => {
  const year = entry({ status: 'created' });
  const next = entry({ status: 'renewed', startsOn: '2027-01-01', endsOn: '2027-12-31', arrMinor: 12_345_678 });

  it.each([
    ['before the start', '2025-12-31', 0],
    ['first day', '2026-01-01', 12_000_000],
    ['last day', '2026-12-31', 12_000_000],
    ['first day of the next term', '2027-01-01', 12_345_678],
    ['after all', '2028-01-01', 0],
  ])('%s', (_, day, expected) => expect(arr([year, next], day)).toBe(expected));

  it('counts the later term once where one ends and the next starts on the same day', () => {
    const sameDay = [entry({ status: 'created', endsOn: '2027-01-01' }), next];
    expect([arr(sameDay, '2026-12-31'), arr(sameDay, '2027-01-01'), arr(sameDay, '2027-01-02')]).toEqual([12_000_000, 12_345_678, 12_345_678]);
  });

  it('is nothing in a gap and the later one in an overlap', () => {
    const gap = [year, { ...next, startsOn: '2027-02-01' }];
    expect([arr(gap, '2027-01-31'), arr(gap, '2027-02-01')]).toEqual([0, 12_345_678]);
    const overlap = [year, { ...next, startsOn: '2026-10-01' }];
    expect([arr(overlap, '2026-09-30'), arr(overlap, '2026-10-01'), arr(overlap, '2026-12-31')]).toEqual([12_000_000, 12_345_678, 12_345_678]);
  });

  it('changes on the effective day of an amendment, also one told late or ahead', () => {
    const told = [
      year,
      entry({ status: 'amended', arrMinor: 15_000_001, effectiveOn: '2026-03-15', occurredAt: '2026-05-01T00:00:00.000Z' }),
      entry({ status: 'amended', arrMinor: 18_000_000, effectiveOn: '2026-09-01', occurredAt: '2026-03-20T00:00:00.000Z' }),
    ];
    expect(['2026-03-14', '2026-03-15', '2026-08-31', '2026-09-01'].map((day) => arr(told, day))).toEqual([12_000_000, 15_000_001, 15_000_001, 18_000_000]);
  });

  it('takes an amendment told before the term starts as one of its first day', () => {
    const told = [year, entry({ status: 'amended', arrMinor: 13_000_000, occurredAt: '2026-01-20T00:00:00.000Z', effectiveOn: null }), entry({ status: 'amended', arrMinor: 1, startsOn: '2026-01-01', occurredAt: '2025-12-01T00:00:00.000Z' })];
    expect(arr(told, '2026-01-01')).toBe(12_000_000);
    expect(arr(told, '2026-01-20')).toBe(13_000_000);
  });

  it('does not take a signature for the next term as a change of this one', () => {
    const signed = [year, { ...next, effectiveOn: '2026-11-02', occurredAt: '2026-11-02T10:00:00.000Z' }];
    expect([arr(signed, '2026-12-31'), arr(signed, '2027-01-01')]).toEqual([12_000_000, 12_345_678]);
  });

  it('runs on open-ended and through terms that renew by themselves', () => {
    expect(arr([entry({ status: 'created', endsOn: null })], '2031-07-01')).toBe(12_000_000);
    expect(arr([entry({ status: 'created', autoRenew: true })], '2031-07-01')).toBe(12_000_000);
  });

  it('stops on the effective day of a cancellation', () => {
    const cancelled = [year, entry({ status: 'cancelled', effectiveOn: '2026-06-01', occurredAt: '2026-04-01T00:00:00.000Z' })];
    expect([arr(cancelled, '2026-05-31'), arr(cancelled, '2026-06-01')]).toEqual([12_000_000, 0]);
  });

  it('does not depend on the order of arrival nor on repetition', () => {
    const ledger = [
      year,
      next,
      entry({ status: 'amended', arrMinor: 14_000_000, effectiveOn: '2026-06-01', occurredAt: '2026-06-02T00:00:00.000Z' }),
      entry({ status: 'cancel_scheduled', occurredAt: '2027-03-01T00:00:00.000Z', startsOn: '2027-01-01', endsOn: '2027-12-31' }),
      entry({ status: 'cancel_withdrawn', occurredAt: '2027-04-01T00:00:00.000Z', startsOn: '2027-01-01', endsOn: '2027-12-31' }),
      entry({ status: 'extended', startsOn: '2027-01-01', endsOn: '2028-02-29', occurredAt: '2027-11-01T00:00:00.000Z' }),
      entry({ status: 'lost', startsOn: '2027-01-01', endsOn: '2028-02-29', occurredAt: '2028-03-10T00:00:00.000Z' }),
    ];
    const day = '2028-02-20';
    const expected = contractTimeline('c1', ledger, day);
    fc.assert(
      fc.property(fc.shuffledSubarray(ledger, { minLength: ledger.length }), (shuffled) => {
        expect(contractTimeline('c1', shuffled, day)).toEqual(expected);
      }),
    );
  });
});
