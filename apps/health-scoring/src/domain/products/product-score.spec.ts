import { Scenario, measureOf } from '../../../test/scenario.js';
import { decodeProduct, decodeState, encodeProduct, encodeState } from '../state-codec.js';

const people = ['a', 'b', 'c'];

/** Two products on one account: `core` is used by all, `plus` hardly, with a full queue. */
function twoProducts(keyFeatures: readonly string[] = []): Scenario {
  const it = new Scenario('acme', keyFeatures).account({}, -200);
  it.person(-150, 'a', { change: 'created', roles: ['executive_sponsor'] });
  it.signal(-120, 'license', { seatsBought: 3, seatsAssigned: 3 }, { product: 'core' });
  it.signal(-120, 'license', { seatsBought: 100, seatsAssigned: 4 }, { product: 'plus' });
  for (let day = -100; day < 0; day += 1) for (const personId of people) it.signal(day + 0.5, 'usage', { event: 'used' }, { personId, product: 'core' });
  it.signal(-3, 'usage', { event: 'used' }, { personId: 'a', product: 'plus' });
  for (const ticketId of ['t1', 't2']) it.signal(-2, 'ticket', { ticketId, status: 'opened', priority: 'urgent' }, { product: 'plus' });
  it.signal(-2, 'ticket', { ticketId: 't3', status: 'opened', priority: 'low' });
  it.signal(-90, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 10, dueOn: '2026-01-04', status: 'confirmed' }, { product: 'core' });
  it.signal(-10, 'survey', { type: 'nps', score: 9 }, { personId: 'a' });
  return it;
}

it('gives each product a license and a score of its own, with the contacts of all', () => {
  const it = twoProducts();
  const verdict = it.look(0);
  const [core, plus] = verdict.health.products ?? [];
  expect([core?.product, core?.license, plus?.product, plus?.license]).toEqual(['core', { seatsBought: 3, seatsAssigned: 3 }, 'plus', { seatsBought: 100, seatsAssigned: 4 }]);
  const of = (product: typeof core, id: string) => product?.measures.find((measure) => measure.id === id);
  expect([of(core, 'license_utilisation')?.value, of(plus, 'license_utilisation')?.value]).toEqual([1, 0.04]);
  expect([of(core, 'ticket_load')?.points, of(plus, 'ticket_load')?.points]).toEqual([85, 0]);
  expect([of(core, 'goal_attainment')?.value, of(plus, 'goal_attainment')?.state]).toEqual([1, 'missing']);
  expect([of(core, 'survey')?.value, of(plus, 'survey')?.value, measureOf(verdict, 'survey').value]).toEqual([9, 9, 9]);
  expect([of(core, 'usage_level')?.state, of(plus, 'usage_level')?.state]).toEqual(['ok', 'not_applicable']);
  expect(core!.healthScore!).toBeGreaterThan(plus!.healthScore! + 30);
  for (const product of [core!, plus!]) {
    const sum = product.measures.reduce((total, { contribution }) => total + Math.round((contribution ?? 0) * 100), 0);
    expect(5000 + sum).toBe(Math.round(product.rawScore! * 100));
  }
  // The account itself is judged by all of it, as ever.
  expect(measureOf(verdict, 'license_utilisation').value).toBeCloseTo(7 / 103, 4);
});

it('rates each product by this look alone, so that it improves at once', () => {
  const it = twoProducts();
  const bandsOn = (day: number) => {
    const { health } = it.look(day);
    return [health.band, ...(health.products ?? []).map(({ band }) => band)];
  };
  const before = [0, 1, 2, 3].map(bandsOn).at(-1);
  it.signal(3.1, 'license', { seatsBought: 100, seatsAssigned: 90 }, { product: 'plus' });
  for (const ticketId of ['t1', 't2', 't3']) it.signal(3.2, 'ticket', { ticketId, status: 'solved', priority: 'low' });
  expect([before, bandsOn(3.5)]).toEqual([['amber', 'amber', 'red'], ['amber', 'amber', 'amber']]);
});

it('leaves the key features to the account', () => {
  const verdict = twoProducts(['reports']).look(0);
  const states = verdict.health.products?.map(({ measures }) => measures.find(({ id }) => id === 'key_features')?.state);
  expect([measureOf(verdict, 'key_features').state, states]).toEqual(['ok', ['not_applicable', 'not_applicable']]);
});

it('is kept in rows of its own, whatever the order of the signals, and goes with a reset', () => {
  const it = twoProducts();
  const other = new Scenario().account({}, -200);
  for (const { kind, data, occurredAt, personId, product, id } of [...it.signals].reverse()) {
    other.signal((Date.parse(occurredAt) - it.at(0)) / 86_400_000, kind, data, { id, ...(personId === null ? {} : { personId }), ...(product === null ? {} : { product }) });
  }
  const packed = (scenario: Scenario) => [...scenario.state.products].sort(([a], [b]) => (a < b ? -1 : 1)).map(([product, facts]) => [product, encodeProduct(facts).toString('hex')]);
  expect(packed(other)).toEqual(packed(it));
  for (const facts of it.state.products.values()) expect(encodeProduct(decodeProduct(encodeProduct(facts)))).toEqual(encodeProduct(facts));
  const { products } = decodeState('acme', encodeState(it.state));
  expect([...products.keys()]).toEqual(['core', 'plus']);
  expect(new Scenario().account().look(0).health.products).toBeUndefined();
});

it('sees no trend in tickets of a product that are forgotten, beside one that is open since long ago', () => {
  const it = new Scenario().account({}, -300);
  const told = (day: number, ticketId: string, product: string, status: 'opened' | 'solved') => it.signal(day, 'ticket', { ticketId, status, priority: 'low' }, { product });
  told(-60, 'old', 'core', 'opened');
  for (let n = 0; n < 28 * 90; n += 1) for (const status of ['opened', 'solved'] as const) told(-90 + n / 28 + (status === 'solved' ? 0.01 : 0), `t${n}`, n % 2 === 0 ? 'core' : 'plus', status);
  const verdict = it.look(0);
  expect(measureOf(verdict, 'ticket_trend')).toMatchObject({ state: 'ok', points: 85 });
  expect(verdict.health.products?.map(({ measures }) => measures.find(({ id }) => id === 'ticket_trend')?.state)).toEqual(['not_applicable', 'not_applicable']);
});

it('knows what is open of a product however much came before', () => {
  const it = new Scenario().account({}, -200);
  const told = (day: number, ticketId: string, status: 'opened' | 'solved') => it.signal(day, 'ticket', { ticketId, status, priority: 'urgent' }, { product: 'core' });
  for (let n = 0; n < 5100; n += 1) {
    told(-86 + n / 60, `t${n}`, 'opened');
    told(-86 + n / 60 + 0.001, `t${n}`, 'solved');
  }
  told(-1, 'last', 'opened');
  expect(it.look(0).health.products?.map(({ measures }) => measures.find(({ id }) => id === 'ticket_load')?.value)).toEqual([12]);
  // Ids of tickets that the account has forgotten do not pile up.
  expect(it.state.products.get('core')!.tickets.size).toBeLessThan(2_000);
});
