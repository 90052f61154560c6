import { simulationLines, type Simulation } from './tell-simulation.js';

const simulation: Simulation = {
  id: 's', from: '2026-01-01', to: '2026-01-14', state: 'completed', progress: { done: 1_200, of: 1_200 }, error: null,
  result: {
    accounts: 1_190, withoutDays: 10, accountDays: 16_660, differing: 31, newlyUnknown: 2, noLongerUnknown: 0,
    bands: [{ from: 'green', to: 'green', accounts: 1_100 }, { from: 'green', to: 'amber', accounts: 88 }, { from: 'red', to: 'unknown', accounts: 2 }],
    riskLevels: [{ from: 'green', to: 'green', accounts: 1_190 }],
    weeks: [{ week: '2025-12-29', inForce: { riskChanges: 3, toRed: 1, strikes: 2, threeStrikes: 0 }, draft: { riskChanges: 30, toRed: 4, strikes: 2, threeStrikes: 1 } }, { week: '2026-01-05', inForce: { riskChanges: 1, toRed: 0, strikes: 0, threeStrikes: 0 }, draft: { riskChanges: 0, toRed: 0, strikes: 0, threeStrikes: 0 } }],
    unanswered: [{ side: 'draft', path: 'measures.touches', text: 'Nobody read it', accounts: 5, accountDays: 70 }],
  },
};

describe('the result of a simulation', () => {
  it('can be read', () => {
    expect(simulationLines(simulation, [{ id: 'acme', inForce: { band: 'red', healthScore: 12.5 }, draft: { band: 'unknown', healthScore: null } }]).join('\n')).toBe(`1,190 accounts, 16,660 account-days from 2026-01-01 to 2026-01-14; of 10 more accounts no day is kept

bands on the last day, by what is in force (down) and by the draft (across)
           green  amber  red  unknown
  green    1,100     88    0        0
  amber        0      0    0        0
  red          0      0    0        2
  unknown      0      0    0        0

risk levels on the last day, by what is in force (down) and by the draft (across)
           green  amber  red  unknown
  green    1,190      0    0        0
  amber        0      0    0        0
  red          0      0    0        0
  unknown      0      0    0        0

31 accounts have another band on any day; 2 become unknown, 0 no longer are
  acme (red, 12.5)
  and 1 more

alerts a week, in force -> draft
  week        risk changes  to red  strikes  three strikes
  2025-12-29       3 -> 30  1 -> 4   2 -> 2         0 -> 1
  2026-01-05        1 -> 0  0 -> 0   0 -> 0         0 -> 0
  in all           4 -> 30  1 -> 4   2 -> 2         0 -> 1

what the kept days cannot answer
  measures.touches: Nobody read it (5 accounts, 70 account-days)`);
  });
  it('of an empty book says so', () => {
    const empty = { ...simulation, result: { ...simulation.result!, accounts: 0, accountDays: 0, withoutDays: 3 } };
    expect(simulationLines(empty, [])).toEqual(['0 accounts, 0 account-days from 2026-01-01 to 2026-01-14; of 3 more accounts no day is kept']);
  });
});
