import { judgePosition, type LogPosition } from './log-position.js';

const position = (more: Partial<LogPosition>): LogPosition => ({ next: 10n, first: 10n, lowWatermark: 0n, highWatermark: 100n, soughtAt: null, ...more });

describe('judgePosition', () => {
  it.each([
    ['the next record is there', {}, 'work'],
    ['nothing at or above the next offset', { first: null }, 'nothing'],
    ['everything applied', { first: null, highWatermark: 10n }, 'nothing'],
    ['a gap, not asked again yet', { first: 12n }, 'seek'],
    ['a gap that an earlier seek was about', { first: 12n, soughtAt: 7n }, 'seek'],
    ['a gap that stays after the seek: compaction', { first: 12n, soughtAt: 10n }, 'work'],
    ['the gap lies below the low watermark: expired', { first: 12n, lowWatermark: 12n, soughtAt: 10n }, 'stop'],
    ['everything expired unread', { first: null, lowWatermark: 11n, highWatermark: 11n }, 'stop'],
    ['the log is shorter than what was applied', { first: null, highWatermark: 9n }, 'stop'],
    ['the log was made anew and is being filled', { first: null, lowWatermark: 0n, highWatermark: 0n }, 'stop'],
  ])('%s', (_case, more, kind) => {
    expect(judgePosition(position(more)).kind).toBe(kind);
  });
});
