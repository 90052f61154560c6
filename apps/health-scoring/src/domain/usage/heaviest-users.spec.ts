import fc from 'fast-check';
import { Scenario, kindsOf, measureOf, monday } from '../../../test/scenario.js';
import { applySignal, finishRestatement, initialState, resetFacts } from '../account-health.js';
import { daysOfUse, markActiveDay } from '../contacts/active-days.js';
import { markActive } from '../contacts/change-contact.js';
import { newContact } from '../contacts/contact-facts.js';
import { decodeContact, decodeState, encodeContact, encodeState } from '../state-codec.js';
import { firstDayOf, weekdayOf, weekOf } from '../time/account-week.js';
import { heaviestAt } from './heaviest-users.js';

const people = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `u${from + i}`);
/** Six of sixty are there on each day, the others once a week. */
const [heavy, others] = [people(0, 6), people(6, 60)];

/** Each of `who` uses the product every so many days. */
function works(it: Scenario, from: number, to: number, who: readonly string[], every: number): Scenario {
  for (let day = from; day <= to; day += every) for (const [i, personId] of who.entries()) it.signal(day + 0.3 + i / 1000, 'usage', { event: 'used' }, { personId });
  return it;
}
const team = (): Scenario => works(works(new Scenario().account({}, -300), -200, -1, heavy, 1), -200, -1, others, 7);
/** A part of the heaviest users stays away from day 0 on, while everybody else works more and more people come. */
const hollowed = (left: readonly string[], until = 60): Scenario => works(works(works(team(), 0, until, left, 1), 0, until, others, 5), 0, until, people(60, 90), 4);
const found = (it: Scenario, day: number) => it.look(day).health.indicators.find(({ kind }) => kind === 'power_user_decline');
function watched(it: Scenario, from: number, to: number): { raisedOn: number | null; clearedOn: number | null } {
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const held = days.map((day) => [day, found(it, day) !== undefined] as const);
  const raisedOn = held.find(([, holds]) => holds)?.[0] ?? null;
  return { raisedOn, clearedOn: held.find(([day, holds]) => raisedOn !== null && day > raisedOn && !holds)?.[0] ?? null };
}

describe('power_user_decline where nobody has the role (H10)', () => {
  it('is raised by a fall of the heaviest users that growth elsewhere hides, and says who they are', () => {
    const it = hollowed(heavy.slice(0, 3));
    const { raisedOn } = watched(it, 0, 60);
    expect(raisedOn).toBeGreaterThan(28);
    expect(raisedOn).toBeLessThanOrEqual(42);
    const verdict = it.look(60);
    expect(kindsOf(verdict)).toContain('power_user_decline');
    expect(kindsOf(verdict)).not.toContain('usage_drop');
    expect(measureOf(verdict, 'usage_level').value).toBeGreaterThanOrEqual(1);
    expect(found(it, 60)).toMatchObject({ group: 'use', severe: false, text: '3 of the heaviest users active in four weeks, usually 6: the top 10 % by days of use 13 to 24 weeks back, since no contact has the role power user' });
  });
  it('is not raised while four of six stay, nor by people who only joined', () => {
    expect(watched(hollowed(heavy.slice(0, 4)), 0, 60).raisedOn).toBeNull();
    // Heavier than all others, but not 13 weeks ago.
    const guests = works(hollowed(heavy), -40, -1, people(100, 120), 1);
    expect(watched(guests, 0, 60).raisedOn).toBeNull();
  });
  it('says nothing of fewer than 51 users, whose top tenth is fewer than six, nor of a young account', () => {
    const few = works(works(works(new Scenario().account({}, -300), -200, -1, heavy, 1), -200, 60, people(6, 50), 7), 0, 60, heavy.slice(0, 1), 1);
    expect(watched(few, 0, 60).raisedOn).toBeNull();
    const enough = works(works(works(new Scenario().account({}, -300), -200, -1, heavy, 1), -200, 60, people(6, 51), 7), 0, 60, heavy.slice(0, 1), 1);
    expect(watched(enough, 0, 60).raisedOn).not.toBeNull();
    const young = works(works(works(new Scenario().account({}, -300), -100, -1, heavy, 1), -100, 60, others, 7), 0, 60, heavy.slice(0, 1), 1);
    expect(watched(young, 0, 60).raisedOn).toBeNull();
  });
  it('goes by the role where a contact has it, and takes neither for the other', () => {
    const it = hollowed(heavy.slice(0, 3), 90);
    expect(watched(it, 0, 60).raisedOn).not.toBeNull();
    it.person(60, 'u6', { change: 'updated', roles: ['power_user'] });
    expect(found(it, 61)).toBeUndefined();
    it.person(62, 'u6', { change: 'updated', roles: ['user'] });
    expect(found(it, 71)?.text).toMatch('3 of the heaviest users');
  });
  it('is not held against the number that was usual by role, once nobody has it any more', () => {
    const it = works(works(team(), 0, 70, heavy, 1), 0, 70, people(26, 60), 7);
    for (const personId of people(6, 26)) it.person(-290, personId, { change: 'created', roles: ['power_user'] });
    expect(watched(it, 0, 60).raisedOn).not.toBeNull();
    expect(found(it, 60)?.text).toBe('0 power users by role active in four weeks, usually 20');
    for (const personId of people(6, 26)) it.person(60.5, personId, { change: 'updated', roles: ['user'] });
    expect(found(it, 61)).toBeUndefined();
  });
  it('clears when five of the same six are back, not when others have taken their place', () => {
    const it = works(hollowed(heavy.slice(0, 3), 300), 0, 300, people(100, 120), 1);
    expect(watched(it, 0, 240)).toEqual({ raisedOn: expect.any(Number), clearedOn: null });
    expect(found(it, 240)?.text).toMatch('3 of the heaviest users active in four weeks, usually 6');
    works(it, 241, 300, heavy.slice(0, 5), 1);
    const { clearedOn } = watched(it, 241, 300);
    expect(clearedOn).toBeGreaterThan(241);
    expect(clearedOn).toBeLessThanOrEqual(250);
  });
  it('goes by the last year where it is known: a season is no fall, and who joined since is held against those who were there', () => {
    const [veterans, joined, crowd] = [people(0, 5), people(5, 10), people(10, 100)];
    const told = (from: number, to: number, who: readonly string[], it = works(new Scenario().account({}, -500), -440, 60, crowd, 7)) => works(it, from, to, who, 1);
    // In the five weeks from day 0, and a year before, three of five work on.
    const last = told(-329, -1, veterans, told(-364, -330, veterans.slice(0, 3), told(-440, -365, veterans)));
    const seasonal = told(35, 60, [...veterans, ...joined], told(0, 34, [...veterans.slice(0, 3), ...joined.slice(0, 3)], told(-300, -1, joined, last)));
    expect(watched(seasonal, 0, 60).raisedOn).toBeNull();
    // Last year the five who are gone now were not there yet.
    expect(watched(told(-300, -1, joined, told(-440, 60, veterans)), 0, 60).raisedOn).not.toBeNull();
  });
  it('asks for the use of all contacts once a week, and on the next day where a past week changed', () => {
    const it = hollowed(heavy, 30);
    const first = (((weekdayOf('acme') - monday) % 7) + 7) % 7;
    const takenOn = (day: number) => (it.look(day), it.state.memory.heaviest!.takenOn - monday);
    expect([0, 1, 6, 7].map((day) => takenOn(first + day) - first)).toEqual([0, 0, 0, 7]);
    it.signal(first + 7.1, 'usage', { event: 'used' }, { personId: 'u0' });
    expect(takenOn(first + 8)).toBe(first + 7);
    it.signal(first + 5.9, 'usage', { event: 'used' }, { personId: 'late' });
    it.look(first + 8.1);
    expect(takenOn(first + 8.2)).toBe(first + 8);
    expect(takenOn(first + 9)).toBe(first + 8);
  });
  it('leaves the look for later where the contacts were not read, and forgets it with the facts', () => {
    const it = hollowed(heavy.slice(0, 3));
    it.watch(0, 60);
    const before = found(it, 60);
    const track = it.state.memory.heaviest;
    expect(it.look(70, { everyone: undefined }).health.indicators).toEqual(expect.arrayContaining([before]));
    expect(it.state.memory.heaviest).toBe(track);
    resetFacts(it.state);
    for (const signal of it.signals) applySignal(it.state, signal);
    finishRestatement(it.state, { cause: 'restatement' });
    // The same indicator, with what it is held against read anew.
    expect(found(it, 70)).toEqual(before);
    expect(it.state.indicators.find(({ kind }) => kind === 'power_user_decline')?.reference).toBe(6);
  });
  it('survives a row and back', () => {
    const it = hollowed(heavy.slice(0, 3));
    it.watch(0, 60);
    const { memory } = it.state;
    expect(memory.heaviest).toMatchObject({ now: { users: 3, reference: 6 }, before: { users: 3, reference: 6 }, raised: { users: 3, reference: 6 } });
    expect(decodeState('acme', encodeState(it.state)).memory).toEqual(memory);
  });
});

describe('who they are', () => {
  const rule = { share: 0.1, fromWeek: 24, toWeek: 13, fewestUsers: 5 };
  const weekday = weekdayOf('acme');
  const end = weekOf(monday, weekday);
  /** Used on the first `days` days of weeks 24 to 13. */
  const user = (personId: string, days: number) => {
    const contact = newContact(personId);
    for (let day = 0; day < days; day += 1) markActiveDay(contact, firstDayOf(end - 23, weekday) + day);
    contact.activeWeek = end - 12;
    contact.activeWeeks = days === 0 ? 0n : (1n << 12n) - (1n << BigInt(12 - Math.ceil(days / 7)));
    return contact;
  };
  const names = (days: readonly number[]) => heaviestAt(days.map((count, i) => user(`p${i}`, count)), end, weekday, rule)?.map(({ personId }) => personId) ?? null;

  it('are a tenth, rounded up, with all who are level with the last of them, whatever the order', () => {
    const fifty = Array.from({ length: 50 }, (_, i) => 60 - i);
    expect(names(fifty)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    expect(names([...fifty].reverse())).toEqual(['p45', 'p46', 'p47', 'p48', 'p49']);
    expect(names([...fifty, 1])).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    expect(names(fifty.map((count) => Math.min(count, 55)))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    expect(names(fifty.map((count) => Math.max(0, count - 19)))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    expect(names(fifty.slice(0, 40))).toBeNull();
  });
  it('a week of which only the use is known, from before days were kept, counts as a day', () => {
    const contact = user('old', 84);
    // A row of format 9, which kept no days.
    const old = decodeContact('old', Buffer.from('CQAAAAAAAAAAAKy+Arot/x8AAAAAAAAAAA==', 'base64'));
    expect(old).toEqual({ ...contact, activeDays: 0n });
    expect([contact, old].map((one) => daysOfUse(one, end - 23, end - 12, weekday))).toEqual([84, 12]);
  });
  it('days and counts are the same in whatever order they are told, and through a row', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(days.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), fc.integer({ min: -70, max: 8 }), ([all, order], back) => {
        const told = (list: readonly number[]) => {
          const state = initialState('acme');
          for (const day of list) markActive(state, 'p', day, null, undefined);
          return state.contacts.get('p')!;
        };
        const contact = told(all);
        expect(encodeContact(told(order))).toEqual(encodeContact(contact));
        expect(decodeContact('p', encodeContact(contact))).toEqual(contact);
        // Counted one by one, of the weeks that are kept.
        const newest = Math.max(...all);
        const to = weekOf(newest, weekday) + back;
        const [from, kept] = [Math.max(to - 11, weekOf(newest, weekday) - 62), newest - 448];
        const inside = all.filter((day) => day > kept && weekOf(day, weekday) >= from && weekOf(day, weekday) <= to);
        if (from <= to) expect(daysOfUse(contact, from, to, weekday)).toBe(inside.length);
      }),
      { numRuns: 300 },
    );
  });
});
