import type { SignalData } from '@perennial/contracts/signal';
import type { Item, Meaning } from '../vendors/vendor.js';
import { segment } from '../vendors/segment.js';
import { compileMapping, mappingFaults } from './compile-mapping.js';
import { compileExpression } from './expression.js';
import type { MappingRule } from './mapping-rule.js';

const rules = { currency: 'USD' };
const track = (event: string, properties: Item = {}, more: Item = {}): Item => ({ messageId: 'm', userId: 'u', event, properties, context: { groupId: 'acme', traits: { email: 'jo@acme.com' } }, ...more });
const mapped = (body: Item, own: MappingRule[] = [], builtIn = true) => compileMapping({ rules: own, builtIn }).map({ vendor: 'segment', call: 'track', body, receivedAt: 0, meaning: segment.meaningOf('track', body) }, rules);
const signalOf = (body: Item, own: MappingRule[] = []) => (mapped(body, own)?.meaning as Meaning).signal;

describe('mapping rules', () => {
  it('leave alone what none of them fits', () => {
    expect(mapped(track('Opened'))).toBeNull();
    expect(mapped(track('Opened'), [{ name: 'r', condition: 'properties.pages > 10' }])).toBeNull();
  });

  it.each<[string, MappingRule, Item, unknown]>([
    ['a feature and a quantity', { name: 'r', events: ['Export'], feature: 'exports', quantity: { cel: 'properties.count' } }, track('Export', { count: 3 }), { kind: 'usage', data: { event: 'Export', quantity: 3, feature: 'exports', properties: { count: 3 } } }],
    ['the quantity stays where it is not said', { name: 'r', events: ['Export'], quantity: { cel: 'properties.count' } }, track('Export'), { kind: 'usage', data: { event: 'Export', quantity: 1 } }],
    ['another kind', { name: 'r', condition: `event.startsWith('Goal ') && properties.value >= 2`, kind: 'metric', data: { metric: { cel: 'properties.name' }, value: { cel: 'properties.value * 2.0' } } }, track('Goal hit', { name: 'seats', value: 4 }), { kind: 'metric', data: { metric: 'seats', value: 8 } }],
    ['a constant list', { name: 'r', events: ['Joined'], kind: 'person', data: { change: 'updated', roles: ['champion'] } }, track('Joined'), { kind: 'person', data: { change: 'updated', roles: ['champion'] } }],
    ['one made of the payload', { name: 'r', events: ['Met'], kind: 'engagement', data: { type: 'meeting', attendees: { cel: `properties.who.map(w, {'personId': w})` } } }, track('Met', { who: ['a', 'b'] }), { kind: 'engagement', data: { type: 'meeting', attendees: [{ personId: 'a' }, { personId: 'b' }] } }],
    ['nothing', { name: 'r', events: ['Ping'], kind: 'none' }, track('Ping'), null],
    ['whole numbers of CEL', { name: 'r', events: ['Seats'], kind: 'license', data: { seatsBought: { cel: 'size(properties.seats) + 2' } } }, track('Seats', { seats: [1, 2] }), { kind: 'license', data: { seatsBought: 4 } }],
  ])('make of a message %s', (_, rule, body, signal) => {
    expect(mappingFaults({ rules: [rule], builtIn: true })).toEqual([]);
    expect(signalOf(body, [rule])).toEqual(signal);
  });

  it('are asked in order; the first that fits decides, the source\'s own before those built in', () => {
    const first: MappingRule = { name: 'own', events: ['Signed Up'], feature: 'sign-up' };
    expect(mapped(track('Signed Up'), [first, { name: 'later', kind: 'none' }])).toMatchObject({ rule: { index: 0, name: 'own' }, meaning: { signal: { kind: 'usage', data: { feature: 'sign-up' } } } });
    expect(mapped(track('Signed Up'), [], false)).toBeNull();
  });

  it('say role, product and what is known of the account', () => {
    const rule: MappingRule = { name: 'r', events: ['Plan'], role: 'power_user', product: { cel: 'properties.product' }, account: { tier: { cel: 'properties.plan' }, missing: { cel: 'properties.nothing' } } };
    expect(mapped(track('Plan', { plan: 'high', product: 'crm' }), [rule])?.meaning).toMatchObject({ role: 'power_user', product: 'crm', accountTraits: { tier: 'high' } });
  });

  it('refuse what is no signal, and say which rule and what to do', () => {
    const rule: MappingRule = { name: 'Score', events: ['Rated'], kind: 'survey', data: { type: 'nps', score: { cel: 'properties.score' } } };
    expect(mapped(track('Rated', { score: 11 }), [rule])?.meaning).toMatchObject({ code: 'mapping_unfit', pointer: '/data/score', detail: expect.stringContaining('"Score"') });
    expect(mapped(track('Rated'), [rule])?.meaning).toMatchObject({ code: 'mapping_unfit', pointer: '/data/score', detail: expect.stringContaining('is required') });
  });

  it.each<[string, Partial<MappingRule> & Record<string, unknown>, string]>([
    ['no CEL', { condition: 'properties.' }, '/rules/0/condition'],
    ['an unknown name', { condition: 'secrets.x == 1' }, '/rules/0/condition'],
    ['a pattern', { condition: `event.matches('(a+)+$')` }, '/rules/0/condition'],
    ['a loop in a loop', { condition: 'properties.a.all(x, properties.a.exists(y, x == y))' }, '/rules/0/condition'],
    ['an endless expression', { condition: `event == '${'x'.repeat(500)}'` }, '/rules/0/condition'],
    ['an unknown field', { kind: 'pulse', data: { puls: 1 } }, '/rules/0/data/puls'],
    ['an unknown kind', { kind: 'usages' as never }, '/rules/0/kind'],
    ['an odd value', { feature: { sql: 'x' } as never }, '/rules/0/feature'],
    ['a feature of something else', { kind: 'pulse', feature: 'x' }, '/rules/0/feature'],
  ])('with %s are refused before they are published', (_, rule, pointer) => {
    expect(mappingFaults({ rules: [{ name: 'r', ...rule }], builtIn: true })).toMatchObject([{ code: 'mapping_invalid', pointer }]);
  });

  it('reach no prototype, and no text makes them slow', () => {
    for (const text of ['properties.__proto__', 'properties.constructor', 'body.toString']) {
      const expression = compileExpression(text);
      if (typeof expression !== 'string') expect(expression.valueOf({ event: '', call: '', vendor: '', properties: {}, traits: {}, context: {}, body: {} })).toBeUndefined();
    }
    const all = compileExpression('properties.a.all(x, x < 100000.0 && x >= 0.0)');
    const startedAt = performance.now();
    if (typeof all === 'string') throw new Error(all);
    expect(all.valueOf({ event: '', call: '', vendor: '', properties: { a: Array.from({ length: 16_000 }, (_, i) => i) }, traits: {}, context: {}, body: {} })).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('Segment\'s B2B SaaS events', () => {
  const data = (event: string, properties: Item = {}) => {
    const signal = signalOf(track(event, properties));
    return signal === null ? null : { kind: signal.kind, ...(signal.data as SignalData['person']) };
  };

  it.each([
    ['Account Created', { account_name: 'Initech' }, null],
    ['Account Deleted', { account_name: 'Initech' }, { kind: 'note', text: 'The account was deleted in the product.', author: 'segment' }],
    ['Account Added User', { role: 'Owner' }, { kind: 'person', change: 'created', email: 'jo@acme.com' }],
    ['Account Removed User', {}, { kind: 'person', change: 'deactivated' }],
    ['Signed Up', { first_name: 'Peter', last_name: 'Gibbons', email: 'pgibbons@initech.com', title: 'Analyst' }, { kind: 'person', change: 'created', email: 'pgibbons@initech.com', name: 'Peter Gibbons', title: 'Analyst' }],
    ['Signed Up', { type: 'organic' }, { kind: 'person', change: 'created' }],
    ['Signed Out', { username: 'pgibbons' }, null],
    ['Invite Sent', { invitee_email: 'x@initech.com' }, { kind: 'usage', event: 'Invite Sent', feature: 'invites', quantity: 1, properties: { invitee_email: 'x@initech.com' } }],
    ['Trial Started', { trial_plan_name: 'Business' }, { kind: 'note', text: 'A trial was started in the product.', author: 'segment' }],
    ['Trial Ended', {}, { kind: 'note', text: 'A trial ended in the product.', author: 'segment' }],
  ])('%s %o', (event, properties, expected) => {
    expect(data(event, properties)).toEqual(expected);
  });

  it('tell of accounts, and leave signing in as use', () => {
    expect((mapped(track('Account Created', { account_name: 'Initech' }))!.meaning as Meaning).accountTraits).toEqual({ name: 'Initech' });
    expect((mapped(track('Trial Started', { trial_end_date: '2026-04-01' }))!.meaning as Meaning).accountTraits).toEqual({ trialEndsOn: '2026-04-01' });
    expect(mapped(track('Signed In'))).toBeNull();
  });
});
