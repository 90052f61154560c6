import { signalKinds } from '@perennial/contracts/signal';
import { importKindNames, importKindNamed } from './import-kinds.js';
import { planImport, type ImportOptions } from './import-plan.js';
import { RowReader } from './row-meaning.js';
import { withId } from './row-ids.js';

const options = (as: string, more: Partial<ImportOptions> = {}): ImportOptions => ({ as, map: {}, set: {}, encoding: null, delimiter: null, dates: null, ...more });
const fieldsOf = (as: string, columns: string[], more: Partial<ImportOptions> = {}) => {
  const plan = planImport(options(as, more), columns);
  return 'code' in plan ? plan.detail : Object.fromEntries(plan.columns.map(({ column, field }) => [column, field]));
};
const reading = (as: string, columns: string[], more: Partial<ImportOptions> = {}) => {
  const plan = planImport(options(as, more), columns);
  if ('code' in plan) throw new Error(plan.detail);
  const reader = new RowReader(plan);
  return (...cells: string[]) => {
    const values = reader.values(cells);
    return 'code' in values ? values : reader.signals(values, 'EUR');
  };
};

describe('columns', () => {
  it('are known by their names, and by what other systems call them', () => {
    expect(fieldsOf('usage', ['Customer ID', 'user_id', 'Timestamp', 'Event Name', 'Count', 'Colour'])).toEqual({ 'Customer ID': 'accountId', user_id: 'personId', Timestamp: 'occurredAt', 'Event Name': 'event', Count: 'quantity', Colour: null });
    expect(fieldsOf('tickets', ['id', 'Organization', 'Priority', 'Created at', 'Solved at'])).toEqual({ id: 'ticketId', Organization: 'accountId', Priority: 'priority', 'Created at': 'openedAt', 'Solved at': 'solvedAt' });
    expect(fieldsOf('contracts', ['Contract', 'Account', 'Start date', 'End date', 'ARR', 'Auto-renew'])).toEqual({ Contract: 'contractId', Account: 'accountId', 'Start date': 'startsOn', 'End date': 'endsOn', ARR: 'arr', 'Auto-renew': 'autoRenew' });
    expect(fieldsOf('accounts', ['Id', 'Company name', 'traits.industry', 'Account owner'])).toEqual({ Id: 'accountId', 'Company name': 'name', 'traits.industry': 'traits.industry', 'Account owner': 'ownerId' });
  });

  it('are what the caller says first', () => {
    expect(fieldsOf('usage', ['date', 'Buchung', 'account'], { map: { Buchung: 'occurredAt' }, set: { event: 'login' } })).toEqual({ date: null, Buchung: 'occurredAt', account: 'accountId' });
  });

  it('that are missing, unknown or named twice are told with what to do', () => {
    expect(fieldsOf('usage', ['foo', 'bar'])).toContain('occurredAt, nor as event, nor as accountId or personId or email');
    expect(fieldsOf('usage', ['foo'], { map: { fooo: 'event' } })).toContain('no column fooo');
    expect(fieldsOf('usage', ['foo'], { map: { foo: 'evnt' } })).toContain('evnt is no field of usage');
    expect(fieldsOf('usage', ['a', 'b'], { map: { a: 'event', b: 'event' } })).toContain('two columns are mapped to event');
    expect(fieldsOf('usagee', ['a'])).toContain('nothing that can be imported: use one of accounts, people');
  });

  it('can be mapped for every kind there is', () => {
    expect(importKindNames.flatMap((as) => importKindNamed(as)!.signal ?? []).sort()).toEqual([...signalKinds].sort());
    for (const as of importKindNames) {
      const kind = importKindNamed(as)!;
      expect(new Set(kind.fields.map(({ name }) => name)).size).toBe(kind.fields.length);
    }
  });
});

describe('rows', () => {
  it('of tickets tell when they were opened and what became of them', () => {
    const row = reading('tickets', ['ticketId', 'account', 'priority', 'status', 'openedAt', 'solvedAt']);
    const at = (status: string, occurredAt?: string) => ({ kind: 'ticket', accountId: 'a', ...(occurredAt ? { occurredAt } : {}), data: { ticketId: '7', priority: 'urgent', status } });
    expect(row('7', 'a', 'P1', 'closed', '2026-01-02', '2026-01-05')).toEqual([at('opened', '2026-01-02T00:00:00.000Z'), at('solved', '2026-01-05T00:00:00.000Z')]);
    expect(row('7', 'a', 'P1', 'open', '2026-01-02', '')).toEqual([at('opened', '2026-01-02T00:00:00.000Z')]);
    expect(row('7', 'a', 'P1', 'closed', '2026-01-02', '')).toEqual([at('opened', '2026-01-02T00:00:00.000Z'), at('solved')]);
  });

  it('of contracts and surveys are complete with what their files leave out', () => {
    expect(reading('contracts', ['contractId', 'accountId', 'start', 'end', 'ARR'])('c', 'a', '01.02.2026', '', '12.000,50')).toEqual([
      { kind: 'contract', accountId: 'a', data: { contractId: 'c', status: 'created', startsOn: '2026-02-01', endsOn: null, arrMinor: 1_200_050, currency: 'EUR' } },
    ]);
    expect(reading('surveys', ['Email', 'NPS', 'answered at'])('Jo@X.com', '9', '2026-01-01')).toEqual([
      { kind: 'survey', personId: 'email:jo@x.com', occurredAt: '2026-01-01T00:00:00.000Z', data: { type: 'nps', score: 9 } },
    ]);
  });

  it('that lack what they need name the column', () => {
    const row = reading('usage', ['Account', 'When', 'Action', 'Count'], { map: { When: 'occurredAt' } });
    expect(row('a', '', 'x', '')).toEqual({ code: 'missing_value', pointer: 'When', detail: expect.any(String) });
    expect(row('', '2026-01-01', 'x', '')).toEqual({ code: 'missing_value', pointer: 'Account', detail: expect.any(String) });
    expect(row('a', '2026-01-01', 'x', 'many')).toEqual({ code: 'invalid_value', pointer: 'Count', detail: 'is no number' });
    expect(row('a', '2026-01-01', 'x', '')).toEqual([{ kind: 'usage', accountId: 'a', occurredAt: '2026-01-01T00:00:00.000Z', data: { event: 'x' } }]);
  });

  it('are known by their content where they say when it happened, else within their file', () => {
    const dated = { kind: 'usage', occurredAt: '2026-01-01T00:00:00.000Z', data: { event: 'x' } };
    const undated = { kind: 'license', data: { seatsBought: 5 } };
    expect(withId(dated, 'one')).toEqual(withId({ data: dated.data, kind: dated.kind, occurredAt: dated.occurredAt }, 'other'));
    expect(withId(dated, 'one')['id']).not.toBe(withId({ ...dated, data: { event: 'y' } }, 'one')['id']);
    expect(withId(undated, 'one')['id']).not.toBe(withId(undated, 'other')['id']);
    expect(withId({ ...dated, id: 'mine' }, 'one')['id']).toBe('mine');
  });
});
