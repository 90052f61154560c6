import { normalised, signalFault } from './signal-rules.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const rules = { currency: 'EUR' };
const usage = { kind: 'usage', accountId: 'acme', data: { event: 'Report opened' } };
const contract = { contractId: 'c', status: 'created', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 1, currency: 'EUR' };
const goal = { goalId: 'g', name: 'Faster', metric: 'hours', baseline: 10, target: 5, dueOn: '2026-06-01', status: 'set' };

describe('a SIGNAL', () => {
  it.each([
    ['usage', usage],
    ['a person alone', { kind: 'usage', personId: 'u1', data: { event: 'x' } }],
    ['csat 5', { kind: 'survey', accountId: 'a', data: { type: 'csat', score: 5 } }],
    ['ces 7', { kind: 'survey', accountId: 'a', data: { type: 'ces', score: 7 } }],
    ['nps 0', { kind: 'survey', accountId: 'a', data: { type: 'nps', score: 0 } }],
    ['an open-ended contract', { kind: 'contract', accountId: 'a', data: { ...contract, endsOn: null } }],
    ['a goal', { kind: 'goal', accountId: 'a', data: goal }],
    ['a goal of small numbers', { kind: 'goal', accountId: 'a', data: { ...goal, baseline: 0.000002, target: 0.000001 } }],
    ['a goal of large ones', { kind: 'goal', accountId: 'a', data: { ...goal, baseline: 2_000_000_000, target: 2_000_000_100 } }],
  ])('takes %s', (_name, signal) => {
    expect(signalFault(signal, receivedAt, rules)).toBeNull();
  });

  it.each([
    ['no object', 'text', 'not_an_object', ''],
    ['no kind', { ...usage, kind: undefined }, 'missing_field', '/kind'],
    ['an unknown kind', { ...usage, kind: 'telepathy' }, 'unknown_kind', '/kind'],
    ['a missing field', { ...usage, data: {} }, 'missing_field', '/data/event'],
    ['a misspelt field', { ...usage, acountId: 'x' }, 'unknown_field', '/acountId'],
    ['nobody named', { kind: 'usage', data: { event: 'x' } }, 'identity_missing', ''],
    ['an empty id', { ...usage, accountId: '' }, 'invalid_field', '/accountId'],
    ['an id that is too long', { ...usage, id: 'x'.repeat(201) }, 'invalid_field', '/id'],
    ['an id with a control character', { ...usage, accountId: 'a\nb' }, 'invalid_field', '/accountId'],
    ['email: without an address', { ...usage, personId: 'email:nobody' }, 'person_id_invalid', '/personId'],
    ['a day that is none', { ...usage, occurredAt: '2026-02-30T00:00:00Z' }, 'invalid_field', '/occurredAt'],
    ['year 1', { ...usage, occurredAt: '0001-01-01T00:00:00Z' }, 'timestamp_out_of_range', '/occurredAt'],
    ['the far future', { ...usage, occurredAt: '9999-12-31T23:59:59Z' }, 'timestamp_out_of_range', '/occurredAt'],
    ['nps 11', { kind: 'survey', accountId: 'a', data: { type: 'nps', score: 11 } }, 'invalid_field', '/data/score'],
    ['nps 11', { kind: 'survey', accountId: 'a', data: { type: 'nps', score: 11 } }, 'invalid_field', '/data/score'],
    ['a score that is no number', { kind: 'survey', accountId: 'a', data: { type: 'nps', score: NaN } }, 'invalid_field', '/data/score'],
    ['an invoice of year 1', { kind: 'invoice', accountId: 'a', data: { invoiceId: 'i', status: 'due', amountMinor: 1, currency: 'USD', dueOn: '0001-01-01' } }, 'date_out_of_range', '/data/dueOn'],
    ['csat 6', { kind: 'survey', accountId: 'a', data: { type: 'csat', score: 6 } }, 'score_out_of_range', '/data/score'],
    ['csat 0', { kind: 'survey', accountId: 'a', data: { type: 'csat', score: 0 } }, 'score_out_of_range', '/data/score'],
    ['ces 8', { kind: 'survey', accountId: 'a', data: { type: 'ces', score: 8 } }, 'score_out_of_range', '/data/score'],
    ['a goal with nothing to reach', { kind: 'goal', accountId: 'a', data: { ...goal, target: 10 } }, 'goal_without_distance', '/data/target'],
    ['a goal with a distance that no number can tell', { kind: 'goal', accountId: 'a', data: { ...goal, baseline: 0, target: 1e-300 } }, 'goal_without_distance', '/data/target'],
    ['one with a distance lost beside its numbers', { kind: 'goal', accountId: 'a', data: { ...goal, baseline: -3e12, target: -3e12 - 1 } }, 'goal_without_distance', '/data/target'],
    ['another currency', { kind: 'contract', accountId: 'a', data: { ...contract, currency: 'USD' } }, 'currency_not_configured', '/data/currency'],
    ['a term that ends before it starts', { kind: 'contract', accountId: 'a', data: { ...contract, endsOn: '2025-12-31' } }, 'term_ends_before_start', '/data/endsOn'],
    ['a bad attendee', { kind: 'engagement', accountId: 'a', data: { type: 'meeting', attendees: [{ personId: 'email:' }] } }, 'person_id_invalid', '/data/attendees/0/personId'],
  ])('refuses %s', (_name, signal, code, pointer) => {
    const fault = signalFault(signal, receivedAt, rules);
    expect(fault).toMatchObject({ code, pointer });
    expect(fault?.detail).toBeTruthy();
  });

  it('knows people by mail in lower case, and by the product\'s own id as it is', () => {
    expect(normalised({ kind: 'usage', personId: 'email:Jo@ACME.com', data: { event: 'x' } }).personId).toBe('email:jo@acme.com');
    expect(normalised({ kind: 'usage', personId: 'Jo@ACME.com', data: { event: 'x' } }).personId).toBe('Jo@ACME.com');
  });
});
