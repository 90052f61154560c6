import { prepareAccount } from './prepared-account.js';
import { dayAfter, daysAfter, System } from './system.js';

interface Health {
  healthScore: number;
  rawScore: number;
  band: string;
  override: { id: string; healthScore: number } | null;
  indicators: { id: string; kind: string }[];
  measures: { id: string; state: string }[];
}
interface Note {
  id: string;
  sentiment: string;
  reading: { sentiment: string; words: { word: string }[] };
  correction: object | null;
}

/** What a person means by each note; ten of the twelve must be read so, or as unclear. */
const printed: readonly [text: string, meant: string][] = [
  ['Their auditors call the export a killer feature', 'positive'],
  ['Not happy with the last release', 'negative'],
  ['The sponsor could not be happier', 'positive'],
  ['No complaints since the migration', 'positive'],
  ['The team is great but the product is painfully slow', 'negative'],
  ['The outage was resolved quickly and they were impressed', 'positive'],
  ['Reporting is useless and a waste of time', 'negative'],
  ['Far from satisfied with our answers', 'negative'],
  ['She would be happy if the import worked', 'unclear'],
  ['Sent the agenda for Tuesday', 'unclear'],
  ['Users love the new editor', 'positive'],
  ['They are evaluating alternatives', 'negative'],
];

describe('people in the loop', () => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'loop';
  const { sponsor, champion, users, signals } = prepareAccount(accountId, start, { endsOn: '2026-04-20' });
  let system: System;

  const at = (path: string): string => `/api/v1/accounts/${accountId}${path}`;
  const health = () => system.get<Health>(at('/health'));
  const say = (id: string, kind: string, data: object, more: object = {}) => ({ id, kind, accountId, data, ...more });

  beforeAll(async () => {
    system = await System.start({ kafka: null, now: start.toISOString() });
    await system.signals(signals);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('H14: reads notes with the words they rest on, by stakeholder; a correction wins and stays', async () => {
    const before = await health();
    await system.signals(printed.map(([text], n) => say(`note-${n}`, 'note', { text, author: 'olga' }, { personId: n % 2 ? champion : sponsor, occurredAt: daysAfter(start, -n / 24) })));
    await system.settle();
    const notes = new Map((await system.list<Note>(at('/sentiment/notes?limit=100'))).map((note) => [note.id, note]));
    const read = printed.map(([text, meant], n) => ({ text, meant, ...notes.get(`note-${n}`)!.reading }));
    process.stderr.write(read.map(({ text, meant, sentiment, words }) => `${meant.padEnd(8)} read ${sentiment.padEnd(8)} ${text} [${words.map(({ word }) => word).join(', ')}]\n`).join(''));
    expect(read.filter(({ meant, sentiment }) => sentiment === meant || sentiment === 'unclear').length).toBeGreaterThanOrEqual(10);
    expect(read.filter(({ meant, sentiment, words }) => sentiment === meant && (sentiment === 'unclear' || words.length > 0)).length).toBeGreaterThanOrEqual(9);
    expect((await health()).rawScore).toBe(before.rawScore);

    const people = async () => Object.fromEntries((await system.list<{ personId: string; sentiment: string }>(at('/sentiment'))).map(({ personId, sentiment }) => [personId, sentiment]));
    expect(await people()).toMatchObject({ [sponsor]: 'positive', [champion]: expect.any(String), [users[0]!]: 'unclear' });
    const correction = { sentiment: 'negative', reason: 'She was joking' };
    for (const n of [0, 2]) expect((await system.call('PUT', at(`/sentiment/notes/note-${n}`), correction)).status).toBe(200);
    // Another account becomes part of this one: all signals come again, notes too.
    await system.signals([{ ...say('other', 'note', { text: 'Fantastic', author: 'olga' }), accountId: 'loop-2' }]);
    await system.settle();
    await system.post('/api/v1/accounts/loop-2/merge', { intoAccountId: accountId, reason: 'the same customer' });
    await system.settle();
    expect((await system.list<Note>(at('/sentiment/notes?limit=100'))).map(({ id }) => id)).toContain('other');
    await system.settle();
    expect(await people()).toMatchObject({ [sponsor]: 'negative' });
    expect((await system.list<Note>(at('/sentiment/notes?limit=100'))).find(({ id }) => id === 'note-0')).toMatchObject({ sentiment: 'negative', reading: { sentiment: 'positive' }, correction });
    expect(system.logText).not.toContain('killer feature');
  }, 60_000);

  it('H21: active contacts, breadth and depth by role and product equal a recount of what was sent', async () => {
    const used = (id: string, daysAgo: number, personId: string, feature: string, product?: string) => say(id, 'usage', { event: 'opened', feature }, { personId, occurredAt: daysAfter(start, -daysAgo), ...(product === undefined ? {} : { product }) });
    const more = [used('f1', 1, users[0]!, 'export'), used('f2', 3, users[0]!, 'export'), used('f3', 2, champion, 'search', 'plus'), used('f4', 0.01, champion, 'export', 'plus'), used('f5', 40, users[3]!, 'old', 'plus')];
    await system.signals(more);
    await system.settle();
    const today = (await system.now()).toISOString().slice(0, 10);
    const usage = [...signals, ...more].flatMap((signal) => {
      const { kind, personId, occurredAt, product = null, data } = signal as { kind: string; personId: string; occurredAt: string; product?: string | null; data: { feature?: string } };
      return kind === 'usage' ? [{ personId, day: occurredAt.slice(0, 10), product, feature: data.feature }] : [];
    });
    const figures = (list: typeof usage) => {
      const within = (days: number) => list.filter(({ day }) => day > dayAfter(`${today}T00:00:00Z`, -days) && day <= today);
      const count = (keys: unknown[][]) => new Set(keys.map((key) => key.join(' '))).size;
      const people = (days: number) => count(within(days).map(({ personId }) => [personId]));
      const featured = within(28).filter(({ feature }) => feature !== undefined);
      const mean = (sum: number) => (people(28) === 0 ? null : Math.round((100 * sum) / people(28)) / 100);
      return {
        dau: people(1), wau: people(7), mau: people(28),
        breadth: { features: count(featured.map(({ product, feature }) => [product, feature])), featuresPerContact: mean(count(featured.map(({ personId, product, feature }) => [personId, product, feature]))) },
        depth: { activeDaysPerContact: mean(count(within(28).map(({ personId, day }) => [personId, day]))) },
      };
    };
    const adoption = await system.get<{ byRole: { role: string }[]; byProduct: { product: string | null }[]; features: object[] }>(at('/adoption'));
    expect(adoption).toMatchObject({ day: today, ...figures(usage) });
    expect(adoption.byRole.find(({ role }) => role === 'champion')).toMatchObject(figures(usage.filter(({ personId }) => personId === champion)));
    expect(adoption.byRole.find(({ role }) => role === 'power_user')).toMatchObject(figures(usage.filter(({ personId }) => personId === users[0])));
    expect(adoption.byProduct).toMatchObject([{ product: null, ...figures(usage.filter(({ product }) => product === null)) }, { product: 'plus', ...figures(usage.filter(({ product }) => product === 'plus')) }]);
    expect(adoption.features).toMatchObject([{ product: null, feature: 'export', contacts: 1, contactDays: 2 }, { product: 'plus', feature: 'export', contacts: 1, lastOn: today }, { product: 'plus', feature: 'search' }]);
    const contacts = await system.list<{ id: string; activeDays: number; features: string[] }>(at('/adoption/contacts?limit=100'));
    expect(contacts.find(({ id }) => id === champion)).toMatchObject({ activeDays: 2, products: ['plus'], features: ['export', 'search'], lastActiveOn: today });
  }, 60_000);

  it('H7: a pulse of 2 raises a concern and goes stale; an override lapses on its day, and the term’s end tells who was right', async () => {
    const computed = await health();
    expect((await system.call('POST', at('/overrides'), { healthScore: 30 })).status).toBe(400);
    const now = await system.now();
    await system.post(at('/overrides'), { healthScore: 30, reason: 'The board cuts suppliers', expiresAt: daysAfter(now, 10) });
    expect(await health()).toMatchObject({ healthScore: 30, rawScore: computed.rawScore, band: 'red', override: { healthScore: 30 } });
    await system.signals([say('p2', 'pulse', { pulse: 2, reason: 'hm' })]);
    await system.settle();
    expect((await health()).indicators.map(({ kind }) => kind)).toContain('csm_concern');
    await system.clock(daysAfter(now, 10));
    const lapsed = await health();
    expect(lapsed).toMatchObject({ override: null, healthScore: lapsed.rawScore });
    await system.clock(daysAfter(now, 46));
    const later = await health();
    expect(later.indicators.map(({ kind }) => kind)).not.toContain('csm_concern');
    expect(later.measures.find(({ id }) => id === 'csm_sentiment')).toMatchObject({ state: 'stale' });

    await system.signals([say('renewed', 'contract', { contractId: `${accountId}-c1`, status: 'renewed', startsOn: '2026-04-21', endsOn: '2027-04-20', arrMinor: 12_000_000, currency: 'USD' })]);
    await system.clock('2026-04-21T08:00:00Z');
    expect(await system.list(at('/judgements'))).toMatchObject([{ action: 'override', override: { healthScore: 30, band: 'red', computedBand: computed.band, outcome: { result: 'renewed', renewalOn: '2026-04-20' }, nearer: 'computed' } }]);
    expect((await system.list('/api/v1/judgements/overrides'))[0]).toMatchObject({ overrides: 1, decided: 1, computedNearer: 1 });
    expect(await system.get(at('/strikes'))).toMatchObject({ strikes: { count: expect.any(Number) }, groups: expect.any(Array) });
  }, 120_000);
});
