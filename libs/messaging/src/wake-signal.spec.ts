import { WakeSignal } from './wake-signal.js';

describe('WakeSignal', () => {
  it('ends a wait early, and the next one when nobody waited', async () => {
    const signal = new WakeSignal();
    const waiting = signal.wait(60_000);
    signal.wake();
    expect(await waiting).toBe(true);
    signal.wake();
    expect(await signal.wait(60_000)).toBe(true);
  });

  it('says that nobody woke it', async () => {
    expect(await new WakeSignal().wait(5)).toBe(false);
  });
});
