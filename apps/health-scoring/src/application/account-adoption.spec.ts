import { newContact, type ContactFacts } from '../domain/contacts/contact-facts.js';
import { markUse } from '../domain/contacts/days-of-use.js';
import { AccountAdoption } from './account-adoption.js';
import type { ContactQueries } from './contact-queries.js';
import type { StateQueries } from './state-queries.js';

const today = 20_000;

function contact(n: number): ContactFacts {
  const one = newContact(`p${String(n).padStart(4, '0')}`);
  markUse(one, 'core', n % 2 === 0 ? 'export' : undefined, today - (n % 28));
  return one;
}

it('adds up the contacts of a large account some at a time, each once', async () => {
  const all = Array.from({ length: 700 }, (_, n) => contact(n));
  let most = 0;
  const contacts: Pick<ContactQueries, 'page'> = {
    page: async (_, limit, after) => {
      most = Math.max(most, limit);
      return all.filter(({ personId }) => after === null || personId > after).slice(0, limit);
    },
  };
  const clock = { now: () => new Date((today + 0.5) * 86_400_000) };
  const adoption = await new AccountAdoption(contacts as ContactQueries, { read: async () => null } as unknown as StateQueries, clock).of('a');
  expect(adoption).toMatchObject({
    day: today, events: 0, total: { dau: 25, wau: 175, mau: 700, breadth: { features: 1, featuresPerContact: 0.5 }, depth: { activeDaysPerContact: 1 } },
    features: [{ product: 'core', feature: 'export', contacts: 350, contactDays: 350, lastDay: today }],
  });
  expect(most).toBeLessThanOrEqual(250);
});
