import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { dayAfter, daysAfter, System, until } from './system.js';

interface Health {
  healthScore: number;
  rawScore: number;
  band: string;
  override: { id: string; healthScore: number } | null;
  adjustments: { kind: string }[];
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

await describeOnBothLogs('H7, H14, H15, H21 and H24: people in the loop', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'loop';
  const { sponsor, champion, users, signals } = prepareAccount(accountId, start, { endsOn: '2026-04-20' });
  let system: System;

  const at = (path: string): string => `/api/v1/accounts/${accountId}${path}`;
  const health = () => system.get<Health>(at('/health'));
  const say = (id: string, kind: string, data: object, more: object = {}) => ({ id, kind, accountId, data, ...more });

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    await system.signals(signals);
    await system.settle();
  }, 120_000);
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

  it('H24: a second product has its own license and score; a parent shows its worst child', async () => {
    const of = (id: string, kind: string, product: string, data: object, daysAgo = 30) => say(id, kind, data, { product, occurredAt: daysAfter(start, -daysAgo) });
    await system.signals([
      of('l1', 'license', 'core', { seatsBought: 10, seatsAssigned: 10 }, 100), of('l2', 'license', 'plus', { seatsBought: 40, seatsAssigned: 2 }, 100),
      of('pt', 'ticket', 'plus', { ticketId: 'plus-1', status: 'opened', priority: 'urgent' }, 1), of('cg', 'goal', 'core', { goalId: 'core-goal', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: dayAfter(start, -1), status: 'confirmed' }),
    ]);
    for (const [id, parentId] of [['child-1', accountId], ['child-2', accountId], ['grandchild', 'child-1']]) await system.call('PUT', `/api/v1/accounts/${id}`, { name: id, parentId });
    const child = (id: string, kind: string, data: object, personId?: string) => ({ kind, accountId: id, ...(personId === undefined ? {} : { personId }), data });
    await system.signals([
      child('child-1', 'usage', { event: 'opened', quantity: 7 }, 'kim'), child('child-1', 'license', { seatsBought: 5, seatsAssigned: 4 }),
      child('child-2', 'contract', { contractId: 'c2', status: 'cancel_scheduled', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 100_00, currency: 'USD' }), child('child-2', 'license', { seatsBought: 100 }), child('grandchild', 'usage', { event: 'opened' }, 'lee'),
    ]);
    await system.settle();
    const { products } = await system.get<{ products: { product: string; healthScore: number; measures: { id: string; value: number | null }[] }[] }>(at('/health'));
    const value = (product: number, id: string) => products[product]!.measures.find((measure) => measure.id === id)?.value;
    expect(products).toMatchObject([{ product: 'core', license: { seatsBought: 10, seatsAssigned: 10 } }, { product: 'plus', license: { seatsBought: 40, seatsAssigned: 2 } }]);
    expect([value(0, 'license_utilisation'), value(1, 'license_utilisation'), value(0, 'ticket_load'), value(1, 'ticket_load'), value(0, 'goal_attainment')]).toEqual([1, 0.05, 0, 12, 1]);
    expect(products[0]!.healthScore).toBeGreaterThan(products[1]!.healthScore);

    type Tree = { healthScore: number; own: { healthScore: number }; worst: { id: string; healthScore: number }; below: { id: string; healthScore: number | null; strikes: number }[]; covered: object };
    const tree = (by: string) => system.get<Tree>(at(`/roll-up?by=${by}`));
    const worst = await tree('worst_of');
    expect(worst).toMatchObject({ worst: { id: 'child-2', riskLevel: 'red' }, own: { id: accountId }, covered: { accounts: 3, seatsUsed: 14 } });
    expect(worst.below.map(({ id }) => id)).toEqual(['child-1', 'child-2', 'grandchild']);
    const scores = [worst.own, ...worst.below].map(({ healthScore }) => healthScore).filter((score) => score !== null);
    expect(worst.healthScore).toBe(Math.min(...scores));
    expect((await tree('mean')).healthScore).toBeCloseTo(scores.reduce((sum, score) => sum + score, 0) / scores.length, 1);
    expect((await system.get<{ strikes: { count: number } }>(at('/health'))).strikes.count).toBeLessThan(2);
    expect((await system.call('GET', at('/roll-up?by=luck'))).status).toBe(400);
  }, 60_000);

  it('H15: an account past its touch cadence is in its owner’s queue, with the date of last contact; what nothing judges by is listed', async () => {
    const other = prepareAccount('quiet', start);
    await system.call('PUT', '/api/v1/accounts/quiet', { ownerId: 'olga' });
    await system.signals(other.signals.filter(({ kind }) => kind !== 'engagement'));
    await system.signals([say('long-ago', 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: other.champion }] }, { accountId: 'quiet', occurredAt: daysAfter(start, -50) })]);
    await system.signals([say('ours', 'engagement', { type: 'mail', direction: 'outbound' }, { accountId: 'quiet', personId: other.champion }), say('effort', 'survey', { type: 'ces', score: 4 }, { accountId: 'quiet', personId: other.champion })]);
    await system.settle();
    const queue = await system.list<{ title: string; status: string }>('/api/v1/tasks?accountId=quiet&ownerId=olga&limit=100');
    expect(queue).toContainEqual(expect.objectContaining({ status: 'open', title: expect.stringMatching(new RegExp(`^Get in touch with .*on ${dayAfter(start, -50)}`)) }));
    expect(await system.list('/api/v1/accounts/quiet/unused-signals')).toMatchObject([{ kind: 'engagement', reason: 'own_mail', count: 1, lastSignalId: 'ours' }, { kind: 'survey', reason: 'no_measure', count: 1, text: expect.any(String) }]);
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
    const { override, adjustments } = await health();
    expect([override, adjustments.filter(({ kind }) => kind === 'override')]).toEqual([null, []]);
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

await describeOnBothLogs('H26: a deployment that observes', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const count = 1_000;
  let system: System;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString(), env: { OBSERVE: 'true' } });
    await system.post('/api/v1/webhook-endpoints', { url: receiver.url });
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
  }, 30_000);

  const importRows = async (as: string, rows: readonly string[]) => {
    const response = await fetch(`${system.ready.url}/api/v1/imports?as=${as}`, { method: 'POST', body: `${rows.join('\n')}\n`, headers: { authorization: `Bearer ${system.ready.apiKey}`, 'content-type': 'text/csv' } });
    const { id } = (await response.json()) as { id: string };
    await until('the import', async () => {
      await system.settle();
      return (await system.get<{ state: string }>(`/api/v1/imports/${id}`)).state === 'done';
    }, 60_000);
    expect(await system.get(`/api/v1/imports/${id}`)).toMatchObject({ rows: { rejected: 0 } });
  };
  const risky = async (riskLevel: string) => (await system.get<{ data: object[]; hasMore: boolean }>(`/api/v1/accounts?riskLevel=${riskLevel}&limit=100`)).data.length;
  const quiet = async () => ({ webhooks: receiver.calls.length, runs: (await system.list('/api/v1/runs')).length, tasks: (await system.list('/api/v1/tasks')).length, inbox: (await system.list<{ kind: string }>('/api/v1/inbox?limit=100')).map(({ kind }) => kind) });

  it('takes 1,000 accounts in, some at risk and near their renewal, and alarms nobody', async () => {
    const ids = Array.from({ length: count }, (_, n) => `a-${n}`);
    await importRows('accounts', ['accountId,name,ownerId', ...ids.map((id) => `${id},Company ${id},olga`)]);
    await importRows('contracts', ['accountId,contractId,status,startsOn,endsOn,arrMinor,currency,noticeDays', ...ids.map((id, n) => `${id},c,${n < 50 ? 'cancel_scheduled' : 'created'},2025-04-01,2026-05-31,100000,USD,30`)]);
    // A pulse of 3 is amber by the shipped scorecard's edge of 40, and red by one of 80.
    await importRows('pulses', ['accountId,occurredAt,pulse,reason', ...ids.slice(100, 400).map((id) => `${id},2026-02-20T08:00:00Z,3,so so`)]);
    await importRows('surveys', ['accountId,personId,occurredAt,type,score', ...ids.slice(100, 400).map((id) => `${id},${id}-p,2026-02-20T08:00:00Z,renewal_intent,7`)]);
    await importRows('invoices', ['accountId,occurredAt,invoiceId,status,amountMinor,currency,dueOn', ...ids.slice(0, 400).map((id) => `${id},2026-02-20T08:00:00Z,i,paid,100,USD,2026-02-20`)]);
    expect(await risky('red')).toBe(50);
    expect(await quiet()).toEqual({ webhooks: 0, runs: 0, tasks: 0, inbox: [] });
  }, 240_000);

  it('publishes a revision that moves hundreds of bands: one summary', async () => {
    const { document } = await system.get<{ document: { bands: object; coverage: object } }>('/api/v1/scorecards/csm-led');
    const { revision } = await system.post<{ revision: number }>('/api/v1/scorecards', { document: { ...document, coverage: { green: 0.02, any: 0.01 } } });
    await system.post(`/api/v1/scorecards/csm-led/revisions/${revision}/publish`, { reason: 'we know little, and go by it' });
    await system.settle();
    const moved = (await system.get<{ rollout: { waiting: number; bands: { accounts: number }[] } }>(`/api/v1/scorecards/csm-led/revisions/${revision}`)).rollout;
    expect([moved.waiting, moved.bands.reduce((sum, { accounts }) => sum + accounts, 0)]).toEqual([0, 300]);
    expect(await quiet()).toEqual({ webhooks: 0, runs: 0, tasks: 0, inbox: ['scorecard_changed'] });
    await system.clock(daysAfter(start, 2));
    expect(await quiet()).toEqual({ webhooks: 0, runs: 0, tasks: 0, inbox: ['scorecard_changed'] });
  }, 120_000);
});
