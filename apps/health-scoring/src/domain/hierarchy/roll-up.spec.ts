import { coveredBy, rolledUp, worstOf, type Consumption, type TreeAccount } from './roll-up.js';

const account = (id: string, fields: Partial<TreeAccount> = {}): TreeAccount => ({ id, name: null, parentId: null, depth: 1, arrMinor: 100, currency: 'USD', healthScore: 80, band: 'green', riskLevel: 'green', strikes: 0, groups: [], ...fields });
const use = (accountId: string, fields: Partial<Consumption> = {}): Consumption => ({ accountId, hasContract: false, events: 10, activeContacts: 2, seatsBought: null, seatsUsed: 2, ...fields });

describe('an account with others below it', () => {
  const tree = [account('top', { depth: 0, arrMinor: 300, healthScore: 90 }), account('a', { parentId: 'top', arrMinor: 100, healthScore: 50 }), account('b', { parentId: 'top', arrMinor: null, healthScore: 10 }), account('c', { parentId: 'a', depth: 2, healthScore: null })];

  it('has one score, by choice', () => {
    expect([rolledUp(tree, 'arr_weighted'), rolledUp(tree, 'worst_of'), rolledUp(tree, 'mean')]).toEqual([80, 10, 50]);
    expect([rolledUp([], 'mean'), rolledUp([account('x', { arrMinor: 0 })], 'arr_weighted')]).toEqual([null, null]);
  });

  it('shows the worst below it, by risk before score', () => {
    expect(worstOf(tree)?.id).toBe('b');
    expect(worstOf([...tree, account('d', { riskLevel: 'red', healthScore: 60 })])?.id).toBe('d');
    expect(worstOf([tree[0]!])).toBeNull();
  });

  it('sums use and seats over what its contract covers, and over nothing else', () => {
    const uses = [use('top', { hasContract: true, seatsBought: 20, seatsUsed: 5 }), use('a', { hasContract: true, seatsBought: 50 }), use('b', { seatsUsed: 7 }), use('c')];
    expect(coveredBy('top', tree, uses)).toEqual({ accounts: 2, events: 20, activeContacts: 4, seatsBought: 20, seatsUsed: 12, utilisation: 0.6 });
    expect(coveredBy('a', tree.filter(({ id }) => id !== 'top'), uses)).toMatchObject({ accounts: 2, seatsBought: 50, seatsUsed: 4 });
    expect(coveredBy('b', tree, uses)).toBeNull();
  });
});
