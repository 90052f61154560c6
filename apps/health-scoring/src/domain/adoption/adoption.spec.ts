import fc from 'fast-check';
import { Scenario } from '../../../test/scenario.js';
import type { ContactFacts } from '../contacts/contact-facts.js';
import { decodeContact, encodeContact } from '../state-codec.js';
import { dayOf, type EpochDay } from '../time/day.js';
import { AdoptionCount, useOf, type Adoption } from './adoption.js';

interface Event {
  readonly day: number;
  readonly person: number;
  readonly product: string | null;
  readonly feature: string | undefined;
}

const roles = [['champion'], ['power_user', 'influencer'], [], ['power_user']] as const;
const personOf = (person: number): string => `p${person}`;

function adoptionOf(contacts: readonly ContactFacts[], day: EpochDay): Adoption {
  const count = new AdoptionCount(day);
  for (const contact of contacts) count.add(useOf(contact, day));
  return count.adoption();
}

/** Counts the events one by one, without what the product keeps. */
function recount(events: readonly Event[], today: number) {
  const within = (list: readonly Event[], days: number, end = today) => list.filter(({ day }) => day <= end && day > end - days);
  const people = (list: readonly Event[]) => new Set(list.map(({ person }) => person)).size;
  const mean = (sum: number, count: number) => (count === 0 ? null : Math.round((100 * sum) / count) / 100);
  const figures = (list: readonly Event[]) => {
    const month = within(list, 28);
    const features = (of: readonly Event[]) => of.filter(({ feature }) => feature !== undefined);
    const distinct = (keys: readonly string[]) => new Set(keys).size;
    const mau = people(month);
    return {
      dau: people(within(list, 1)), wau: people(within(list, 7)), mau,
      breadth: { features: distinct(features(month).map(({ product, feature }) => `${product} ${feature}`)), featuresPerContact: mean(distinct(features(month).map(({ person, product, feature }) => `${person} ${product} ${feature}`)), mau) },
      depth: { activeDaysPerContact: mean(distinct(month.map(({ person, day }) => `${person} ${day}`)), mau) },
    };
  };
  const hasRole = (role: string | null) => ({ person }: Event) => (role === null ? roles[person]!.length === 0 : (roles[person] as readonly string[]).includes(role));
  return {
    figures, hasRole,
    days: Array.from({ length: 28 }, (_, i) => today - 27 + i).map((day) => ({ dau: people(within(events, 1, day)), wau: people(within(events, 7, day)), mau: people(within(events, 28, day)) })),
  };
}

it('equals a raw recount, by role and product, whatever the order and however often told', () => {
  const event = fc.record<Event>({ day: fc.integer({ min: -36, max: 0 }), person: fc.integer({ min: 0, max: 3 }), product: fc.constantFrom(null, 'core', 'plus'), feature: fc.constantFrom(undefined, 'export', 'search') });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 0, max: 3 }), (events, later) => {
      const it = new Scenario();
      roles.forEach((list, person) => it.person(-40, personOf(person), { change: 'created', roles: [...list] }));
      for (const { day, person, product, feature } of [...events, ...events.slice(0, 3)]) {
        it.signal(day + 0.5, 'usage', { event: 'used', ...(feature === undefined ? {} : { feature }) }, { personId: personOf(person), ...(product === null ? {} : { product }) });
      }
      const today = dayOf(it.at(later));
      const contacts = [...it.state.contacts.values()].map((contact) => decodeContact(contact.personId, encodeContact(contact)));
      const { total, byRole, byProduct, features, days } = adoptionOf(contacts, today);
      const { figures, hasRole, days: counted } = recount(events, later);
      expect(total).toEqual(figures(events));
      expect(days.map(({ day: _day, ...rest }) => rest)).toEqual(counted);
      expect(byRole.map(({ role }) => role)).toEqual(['champion', 'power_user', 'influencer', null]);
      for (const { role, ...rest } of byRole) expect(rest).toEqual(figures(events.filter(hasRole(role))));
      for (const { product, ...rest } of byProduct) expect(rest).toEqual(figures(events.filter((one) => one.product === product)));
      const month = events.filter(({ day, feature }) => day <= later && day > later - 28 && feature !== undefined);
      expect(features.reduce((sum, { contactDays }) => sum + contactDays, 0)).toBe(new Set(month.map(({ day, person, product, feature }) => [day, person, product, feature].join(' '))).size);
    }),
  );
});

it('tells few uses of a contact apart, and new ones once old ones are out of sight', () => {
  const it = new Scenario();
  const use = (day: number, feature: string) => it.signal(day, 'usage', { event: 'used', feature }, { personId: 'p' });
  for (let i = 0; i < 100; i += 1) use(0.5, `f${i}`);
  const at = (day: number) => adoptionOf([it.state.contacts.get('p')!], dayOf(it.at(day)));
  expect([at(0).total.mau, at(0).features.length]).toEqual([1, 39]);
  use(70.5, 'new');
  expect(at(70).features).toMatchObject([{ feature: 'new', contacts: 1, contactDays: 1, lastDay: dayOf(it.at(70)) }]);
});
