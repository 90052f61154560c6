import { SystemClock, TestClock } from '@perennial/service-kit/clock';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resumeClock, saveClock } from './business-clock.js';
import { OperatorError } from './operator-error.js';

const at = (text: string): Date => new Date(`${text}T00:00:00.000Z`);
const today = at('2026-06-01');

describe('business time of a data folder never goes back', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'perennial-clock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ran = (clock: Date | null, movedTo: Date): void => saveClock(folder, clock ? new TestClock(clock) : new SystemClock(), movedTo);

  it('a new folder starts at any time', () => {
    expect(resumeClock(folder, at('2020-01-01'), today).now()).toEqual(at('2020-01-01'));
    expect(resumeClock(folder, null, today)).toBeInstanceOf(SystemClock);
  });
  it('a test clock goes on from where it was, not before', () => {
    ran(at('2026-01-01'), at('2026-03-01'));
    expect(() => resumeClock(folder, at('2026-02-28'), today)).toThrow('start with --test-clock 2026-03-01T00:00:00.000Z or later');
    expect(resumeClock(folder, at('2026-03-01'), today).now()).toEqual(at('2026-03-01'));
  });
  it('without a test clock a folder that was moved ahead of the real time is refused, with what to do', () => {
    ran(at('2026-05-01'), at('2026-07-01'));
    expect(() => resumeClock(folder, null, today)).toThrow(OperatorError);
    expect(() => resumeClock(folder, null, today)).toThrow(/^this data folder has been at 2026-07-01T00:00:00.000Z by its test clock: .* --test-clock 2026-07-01T00:00:00.000Z or later, or choose another --data-dir$/);
    expect(resumeClock(folder, null, at('2026-07-02'))).toBeInstanceOf(SystemClock);
  });
  it('a machine whose own clock was set back a little still starts', () => {
    ran(null, at('2026-06-02'));
    expect(resumeClock(folder, null, today)).toBeInstanceOf(SystemClock);
  });
  it('after real time a test clock begins no earlier than now', () => {
    ran(null, at('2026-05-01'));
    expect(() => resumeClock(folder, at('2026-05-31'), today)).toThrow('2026-06-01T00:00:00.000Z');
    expect(resumeClock(folder, at('2026-06-01'), today).now()).toEqual(today);
  });
});
