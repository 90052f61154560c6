import { livenessOf, sight, sourceStateOf } from './source-liveness.js';
import { dayMs } from '../time/day.js';

const hour = 3_600_000;

describe('source liveness', () => {
  it('is stale after two days or three usual gaps', () => {
    const sources = livenessOf([{ kind: 'usage', lastSeenAt: 0, usualGapMs: hour }, { kind: 'ticket', lastSeenAt: 0, usualGapMs: 2 * dayMs }, { kind: 'goal', lastSeenAt: 0, usualGapMs: 0 }]);
    const at = (day: number) => (['usage', 'ticket', 'goal', 'pulse'] as const).map((kind) => sourceStateOf(sources, kind, day * dayMs));
    expect(at(1.99)).toEqual(['alive', 'alive', 'alive', 'absent']);
    expect(at(2)).toEqual(['stale', 'alive', 'alive', 'absent']);
    // 1970-01-01 was a Thursday: the sixth weekday ends on Thursday the 8th.
    expect(at(7.99)).toEqual(['stale', 'alive', 'alive', 'absent']);
    expect(at(8)).toEqual(['stale', 'stale', 'alive', 'absent']);
    expect(at(126)).toEqual(['stale', 'stale', 'stale', 'absent']);
  });
  it('does not count weekends', () => {
    const friday = 1 * dayMs + 17 * hour;
    const sources = livenessOf([{ kind: 'usage', lastSeenAt: friday, usualGapMs: hour }]);
    expect(sourceStateOf(sources, 'usage', 4 * dayMs + 9 * hour)).toBe('alive');
    expect(sources.usage?.staleAt).toBe(5 * dayMs + 17 * hour);
  });
  it('learns the usual gap, bursts apart', () => {
    let row = sight(null, 'usage', 0);
    for (let i = 1; i <= 50; i += 1) row = sight(sight(row, 'usage', i * hour), 'usage', i * hour + 5);
    expect(row.lastSeenAt).toBe(50 * hour + 5);
    expect(row.usualGapMs).toBeGreaterThan(0.9 * hour);
    expect(row.usualGapMs).toBeLessThan(1.1 * hour);
    expect(sight(row, 'usage', 3 * hour)).toBe(row);
  });
});
