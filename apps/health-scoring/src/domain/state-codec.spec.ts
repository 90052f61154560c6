import { achievedAt } from './facts/fold-milestone.js';
import { countAt, type Ring } from './facts/ring.js';
import { decodeContact, decodeProduct, decodeState, encodeContact, encodeProduct, encodeState } from './state-codec.js';

/** An account of format 10, as it was written then: its row, one contact's and one product's. */
const row = Buffer.from(
  'CgEBA21pZACAoMGHsWYAAAAAAYy+AgG+vgIBzr8C6AcmqAP8A9wDvAOcAwmwA4QE5APEA6QDCbgDmAPsA8wDrAMJwAOgA/QD1AO0AwnIA6gD/APcA7wDCdADsAOEBOQDxAMJ2AO4AwHSLegHC7wO+BGsEdQR/BGkEtgRgBKoEtAS7A4AAdC/' +
  'Ago/n8/n8/l8Pp8DAQCAgLuS8GYBAZHwAAAAcACAAAAAAAAAPgHOvwIB0L8CAcq/AgHMvwIB0L8CAQEEAAEBAgHOvwIBAgQGAdC/AgEBBAHYLQECCDYAAAAAAAABAICg1e3uZgEBkfAAAABwAIAAAAAAAAA9AAACAdItAQEEAdItAQGQHAEA' +
  'A1QtMQCAsKKb7mYBAZHwAAAAcACAAAAAAAAAPAEDBQAAAAMFAgABAAEKAICgp8fkZgEBkfAAAABwAIAAAAAAAAA4BAYBBAYHAay/AgEBHAEAA0ctMQCAgI3s5WYBAZHwAAAAcACAAAAAAAAAOQZGYXN0ZXIBBGRheXMAKAEAAAAAAAAlQADM' +
  'wAIAAgUIBQgAAAEEZGF5cwCA8NbR62YBAZHwAAAAcACAAAAAAAAAOgAcAAABAANDLTEAgKDBh7FmAQGR8AAAAHAAgAAAAAAAAAEBjL4CAAEHCwGMvgIB5sMCAICJegNFVVIAAQCA4Imk7GYBAZHwAAAAcACAAAAAAAAAOwIBAIDIoenvZgEB' +
  'kfAAAABwAIAAAAAAAAA3AAEEY29yZQkNAAMUY3NtX2NvbmNlcm4tbWp3M3htbzALY3NtX2NvbmNlcm6AkIjA72YAAYCQ+5+JZwEMAAAAAAAYc2luZ2xlX3RocmVhZGVkLW1qeGpkaGMwD3NpbmdsZV90aHJlYWRlZICAu5LwZgAAAAAAAAAA' +
  'FmV4ZWN1dGl2ZV9nYXAtbWp3M3htbzANZXhlY3V0aXZlX2dhcICQiMDvZgAAAAAAAAAAAAIBzr8CAAECAgLUvwIEu1/nCQEBAdAtAAAAnJPdr4G45wQBAAdjc20tbGVkAQAAzr8CAc6/AgAB0C0erDIAAAAAAIDQ04nyZgAAAQRjb3Jl',
  'base64',
);
const contactRow = Buffer.from(
  'CgAAAAEEAICQ9NmxZgEBkfAAAABwAIAAAAAAAAACAQIAAAAAAMy/AtIt/w8AAQCAgLuS8GYBAZHwAAAAcACAAAAAAAAAPgAAAQCAoNXt7mYBAZHwAAAAcACAAAAAAAAAPQASAAAAAQVjb3JlCsy/AsWKxYoF1KjUqAQJRUUVFFRRUUVFAA==',
  'base64',
);
const productRow = Buffer.from(
  'CgG+vgIBzr8C6AcmqAP8A9wDvAOcAwmwA4QE5APEA6QDCbgDmAPsA8wDrAMJwAOgA/QD1AO0AwnIA6gD/APcA7wDCdADsAOEBOQDxAMJ2AO4AwHSLegHC7wO+BGsEdQR/BGkEtgRgBKoEtAS7A4Bvi0BAIDIoenvZgEBkfAAAABwAIAAAAAA' +
  'AAA3Ac6/AgECBAYAAA==',
  'base64',
);

/** An account of format 11: of each milestone the first word that it was achieved, and the last that it was missed. */
const rowOf11 = Buffer.from(
  'C4MDbWlkgMCqj95mrL8CAAAAAAAAAAAAAEEBBWhvdXJzgODykOdmAmgxAA4D8AFh/7/LyQICYTEBQQEDJjsBAwEDAgFiEIDg5aQBAmIyAUL/77JSAmIxPwIFAgUCAWM4gODlpAECYzEBQwQIIAcECAIEAhZnb2Fsc19taXNzaW5nLW1rMGU5' +
  'Nm8wDWdvYWxzX21pc3NpbmeA4KC38WYAFmV4ZWN1dGl2ZV9nYXAtbWswZTk2bzANZXhlY3V0aXZlX2dhcIDgoLfxZlACHQICAgABuUmI6bWv/KOIhA8HY3NtLWxlZAEAAAAAgNDTifJmAA==',
  'base64',
);

const id = (n: number): string => `0191f000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

describe('rows of format 10, which took a byte for each yes or no and held instants, days and counts in full', () => {
  const state = decodeState('acme', row);
  const { facts, memory } = state;
  const newestFirst = (ring: Ring) => Array.from({ length: ring.size }, (_, back) => countAt(ring, ring.newest - back));

  it('are read as what was written', () => {
    expect([row, contactRow, productRow].map((bytes) => bytes[0])).toEqual([10, 10, 10]);
    expect(state.account).toEqual({ tier: 'mid', goLive: null, createdAt: Date.parse('2025-09-27'), isMerged: false, segment: null });
    expect(state.nextLookAt).toBe(Date.parse('2026-01-06'));
    expect([...state.products.keys()]).toEqual(['core']);
    expect(state.indicators.map(({ kind, since, validUntil, evidence }) => [kind, since, validUntil, evidence])).toEqual([
      ['csm_concern', Date.parse('2026-01-02'), Date.parse('2026-02-11'), [id(0x3b)]],
      ['single_threaded', Date.parse('2026-01-03'), null, []],
      ['executive_gap', Date.parse('2026-01-02'), null, []],
    ]);
    expect(memory).toMatchObject({
      band: 'amber', heldBand: 'amber', amberSince: 20_455, greenSince: null, dailyScores: { newest: 20_458, scores: [6109, 6736, 6736, 6736] }, judgedBy: { id: 'csm-led', revision: 1 }, judgedSince: 20_455,
      knownSince: 20_455, passage: null, fingerprint: 2_706_723_118_205_340, usageTrack: { week: 2920, entered: false, raised: null, accepted: null },
      heaviest: { week: 2920, takenOn: 20_455, rule: 6444, isChanged: false, now: null, before: null, raised: null },
    });
    expect([facts.usage.firstDay, facts.usage.days.newest, facts.usage.weeks.newest]).toEqual([20_383, 20_455, 2921]);
    expect(newestFirst(facts.usage.days).slice(0, 9)).toEqual([106, 127, 119, 111, 103, 0, 0, 108, 129].map((events) => events * 1000));
    expect(newestFirst(facts.usage.weeks).filter((count) => count > 0)).toHaveLength(11);
    expect(facts.activity.lastDay).toEqual({ usage: 20_455, engagement: 20_456, ticket: 20_453, survey: 20_454 });
    expect(facts.goals.get('G-1')?.terms.map(({ value }) => value)).toEqual([{ metric: 'days', baseline: 20, target: 10.5, startsOn: null, dueOn: 20_518, weight: 1 }]);
    expect(facts.metrics).toEqual(new Map([['days', { at: Date.parse('2025-12-27'), id: id(0x3a), value: 14, count: 1 }]]));
    expect(facts.tickets.get('T-1')).toMatchObject({ opened: { at: Date.parse('2025-12-31'), id: id(0x3c) }, priority: { value: 'high' }, solved: null });
    expect(facts.contracts.get('C-1')).toMatchObject({ starts: [20_358], terms: { binding: true, startsOn: 20_358, endsOn: 20_723, arrMinor: 1_000_000, currency: 'EUR' }, product: null });
    expect(facts.licenses.get('')).toMatchObject({ bought: [{ value: 10 }], assigned: { value: 7 } });
    expect(facts.pulse).toEqual({ at: Date.parse('2025-12-28'), id: id(0x3b), value: 2 });
    expect(decodeContact('ann', contactRow)).toMatchObject({ roles: [{ value: 4 }], lastActiveDay: 20_454, lastTouch: { type: 'meeting', id: id(0x3e) }, nps: { score: 9, id: id(0x3d) }, csat: null, intent: null });
    expect(decodeProduct(productRow)).toMatchObject({ usage: { firstDay: 20_383 }, lastUsage: { id: id(0x37) } });
  });
  it('say the same once written anew, in fewer bytes', () => {
    const [contact, product] = [decodeContact('ann', contactRow), decodeProduct(productRow)];
    const anew = { row: encodeState(state), contact: encodeContact(contact), product: encodeProduct(product) };
    expect(decodeState('acme', anew.row)).toEqual(state);
    expect(decodeContact('ann', anew.contact)).toEqual(contact);
    expect(decodeProduct(anew.product)).toEqual(product);
    expect([anew.row[0], anew.row.length < row.length, anew.contact.length < contactRow.length, anew.product.length < productRow.length]).toEqual([12, true, true, true]);
  });
});

it('rows of format 11 did not count opened tickets: those they remember are counted, and what is settled there may be forgotten', () => {
  const old = Buffer.from('CwjcvgKDcggBAAAAAIAAAoDIoenvZgFkAAAAAAAAAAAQAAMDVC0x/6ftgSU8AWEBAoDg/LcGGAFiAgMBA1QtMoCAkNegHgFjA/EFAgNULTMAAAAxAAAAAAQBA00tMYDg5aQBAWYETGl2Ze4ECAQIAkEBA0ktMf/vslIBZRkAAAAAALO/AgAAAAAAAAA=', 'base64');
  const { facts } = decodeState('acme', old);
  expect(facts.opened).toMatchObject({ firstDay: 20_398, days: { newest: 20_455 } });
  expect([20_398, 20_408, 20_455].map((day) => countAt(facts.opened.days, day))).toEqual([1, 0, 2]);
  expect([...facts.tickets.values(), ...facts.invoices.values(), ...facts.milestones.values()].map(({ begun }) => begun)).toEqual([true, true, true, true, true]);
});

it('rows of format 11 are read with the last word on each milestone that they hold, and one value of each metric', () => {
  const state = decodeState('acme', rowOf11);
  const { milestones, metrics } = state.facts;
  expect(rowOf11[0]).toBe(11);
  expect([...milestones].map(([name, milestone]) => [name, achievedAt(milestone)?.id ?? null, milestone.open])).toEqual([
    ['a', 'a1', null],
    ['b', null, { at: Date.parse('2025-12-18'), id: 'b2', missed: true }],
    ['c', null, null],
  ]);
  expect(metrics).toEqual(new Map([['hours', { at: Date.parse('2025-12-20'), id: 'h1', value: 7, count: 1 }]]));
  expect(decodeState('acme', encodeState(state))).toEqual(state);
});
