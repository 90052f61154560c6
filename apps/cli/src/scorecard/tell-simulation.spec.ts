import { simulationLines, type Simulation } from './tell-simulation.js';

const share = (count: number, of: number) => ({ count, of, share: count / of, low: count / of - 0.05, high: count / of + 0.05 });
const nothing = { finding: 'no_signal', auc: null, precision: null, recall: null } as const;
const simulation: Simulation = {
  id: 's', from: '2026-01-01', to: '2026-01-14', state: 'completed', progress: { done: 1_200, of: 1_200 }, error: null,
  result: {
    accounts: 1_190, withoutDays: 10, accountDays: 16_660, differing: 31, newlyUnknown: 2, noLongerUnknown: 0,
    bands: [{ from: 'green', to: 'green', accounts: 1_100 }, { from: 'green', to: 'amber', accounts: 88 }, { from: 'red', to: 'unknown', accounts: 2 }],
    riskLevels: [{ from: 'green', to: 'green', accounts: 1_190 }],
    weeks: [{ week: '2025-12-29', inForce: { riskChanges: 3, toRed: 1, strikes: 2, threeStrikes: 0 }, draft: { riskChanges: 30, toRed: 4, strikes: 2, threeStrikes: 1 } }, { week: '2026-01-05', inForce: { riskChanges: 1, toRed: 0, strikes: 0, threeStrikes: 0 }, draft: { riskChanges: 0, toRed: 0, strikes: 0, threeStrikes: 0 } }],
    backtest: {
      terms: 1_200, losses: 130, accounts: 1_100, finding: 'better', text: 'The draft would have told losses from renewals better', level: 0.05,
      leads: [
        { leadDays: 90, terms: 20, losses: 2, accounts: 20, leftOut: { decided: 0, unread: 1_180 }, finding: 'too_few', text: 'Too few outcomes', lossRate: null, inForce: nothing, draft: nothing, growth: { auc: null, precision: null, recall: null } },
        {
          leadDays: 30, terms: 1_190, losses: 125, accounts: 1_100, leftOut: { decided: 5, unread: 5 }, finding: 'better', text: 'The draft tells losses better', lossRate: share(125, 1_190),
          inForce: nothing, draft: { finding: 'signal', auc: { value: 0.8, low: 0.7, high: 0.9 }, precision: share(60, 80), recall: share(60, 125) }, growth: { auc: { value: 0.1, low: 0.05, high: 0.15 }, precision: null, recall: { value: 0.1, low: -0.04, high: 0.2 } },
        },
      ],
      red: { losses: 125, leadDays: { inForce: null, draft: { median: 41, low: 30, high: 52 } }, earlier: { median: -3, low: -8, high: 0 }, neverRed: { inForce: share(70, 125), draft: share(50, 125) }, neverRedGrowth: { value: -0.16, low: -0.25, high: -0.07 } },
    },
    noBacktest: null,
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

would it have warned: 1,200 terms that ended, 130 of them lost; in force -> draft
  The draft would have told losses from renewals better
  Too few outcomes
  The draft tells losses better
    of the red ones lost: nothing to say -> 75 % (60 of 80; 70 % to 80 %); of all lost: 11 % (125 of 1190; 6 % to 16 %)
    of the lost ones red: nothing to say -> 48 % (60 of 125; 43 % to 53 %), by -4 to +20 points
  days from red to the notice date, of losses: too few to say -> 41 (30 to 52); of those red by both, earlier by -3 (-8 to 0)
  losses never red: 56 % (70 of 125; 51 % to 61 %) -> 40 % (50 of 125; 35 % to 45 %), by -25 to -7 points

what the kept days cannot answer
  measures.touches: Nobody read it (5 accounts, 70 account-days)`);
  });
  it('says why a draft could not be held against how terms ended', () => {
    const lines = simulationLines({ ...simulation, result: { ...simulation.result!, backtest: null, noBacktest: 'out of memory' } }, []);
    expect(lines.filter((line) => line.includes('warned'))).toEqual(['whether it would have warned cannot be told: out of memory']);
  });
  it('of an empty book says so', () => {
    const empty = { ...simulation, result: { ...simulation.result!, accounts: 0, accountDays: 0, withoutDays: 3 } };
    expect(simulationLines(empty, [])).toEqual(['0 accounts, 0 account-days from 2026-01-01 to 2026-01-14; of 3 more accounts no day is kept']);
  });
});
