import fc from 'fast-check';
import type { SignalInput } from '@perennial/contracts/signal';
import { hookSourceNamed, hookSources } from '../src/domain/hooks/hook-sources.js';
import type { HookRequest } from '../src/domain/hooks/hook-source.js';
import { signalFault } from '../src/domain/signal-rules.js';
import { structureFault } from '../src/domain/structure.js';
import { HookMapper } from '../src/application/hooks/hook-mapper.js';
import { Mappings } from '../src/application/hooks/mappings.js';
import { outboundMessage, samples } from './hook-samples.js';

const receivedAt = Date.parse('2026-03-02T09:00:00Z');
const requestOf = (payload: unknown, headers: Record<string, string> = {}): HookRequest => ({ method: 'POST', body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)), headers, query: {}, urls: [] });
const withoutId = ({ id: _, ...signal }: SignalInput) => signal;
const faultOf = (signal: unknown) => structureFault(signal) ?? signalFault(signal, receivedAt, { currency: 'USD' });

describe('what events of business systems become', () => {
  const mapper = new HookMapper(new Mappings());

  it.each(samples.map((sample) => [`${sample.source}: ${sample.what}`, sample] as const))('%s', async (_, { source, payload, headers, settings = {}, becomes }) => {
    const map = async () => {
      const events = await mapper.map({ id: 'e', source: hookSourceNamed(source)!, settings }, requestOf(payload, headers));
      if ('code' in events) throw new Error(events.code);
      return events;
    };
    const events = await map();
    const signals = events.flatMap((event) => event.signals);
    if (typeof becomes === 'string') expect(events.map(({ fault }) => fault?.code)).toEqual([becomes]);
    else {
      expect(events.map(({ fault }) => fault).filter(Boolean)).toEqual([]);
      expect(signals.map(withoutId)).toEqual(becomes);
    }
    expect(signals.map(faultOf)).toEqual(signals.map(() => null));
    // A repetition is known as one by its id.
    expect(await map()).toEqual(events);
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
  });

  it('has a sample of every source', () => {
    expect(new Set(samples.map(({ source }) => source))).toEqual(new Set(hookSources.map(({ name }) => name)));
  });

  it('keeps the id of a sender that counts its attempts in the body', async () => {
    const [conversation] = samples.filter(({ source }) => source === 'intercom');
    const ids = await Promise.all([1, 2].map(async (delivery_attempts) => {
      const events = await mapper.map({ id: 'e', source: hookSourceNamed('intercom')!, settings: {} }, requestOf({ ...(conversation!.payload as object), delivery_attempts }));
      return JSON.stringify('code' in events ? events : events.map(({ signals }) => signals));
    }));
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('bodies of any kind', () => {
  const names = ['toString', 'valueOf', '__proto__', 'constructor', ...new Set(samples.flatMap(({ payload }) => [...JSON.stringify(payload).matchAll(/"(\w+)":/g)].map(([, name]) => name!)))];
  const events = [...new Set(samples.flatMap(({ payload }) => [...JSON.stringify(payload).matchAll(/"([\w:.]*[:._]\w+)"/g)].map(([, name]) => name!)))];
  const { any } = fc.letrec<{ any: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(fc.string(), fc.constantFrom(...events), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    any: fc.oneof({ maxDepth: 4 }, tie('leaf'), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 6 })),
  }));
  /** A real event, of which something was replaced by anything. */
  const damaged = fc.tuple(fc.constantFrom(...samples.map(({ payload }) => payload).filter((payload) => typeof payload === 'object')), fc.nat(), any).map(([payload, at, other]) => {
    let left = at % Math.max(1, (JSON.stringify(payload).match(/[:[,]/g) ?? []).length);
    return JSON.parse(JSON.stringify(payload), (_, value: unknown) => (left-- === 0 ? other : value)) as unknown;
  });
  const settings = { questions: { x: 'nps' as const }, currency: 'USD', accountAt: undefined };

  const read = (request: HookRequest) => {
    for (const source of hookSources) {
      const found = source.eventsOf(request);
      if ('code' in found) continue;
      for (const event of found) {
        const made = source.signalsOf(event, settings);
        for (const signal of 'code' in made ? [] : made) faultOf(signal);
      }
    }
  };

  it('are read or refused by every source, and never throw', () => {
    fc.assert(fc.property(fc.oneof(any, damaged), (payload) => read(requestOf(payload))), { numRuns: 1500 });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')), fc.string().map((text) => outboundMessage(text)), fc.string().map((text) => `<a>${text}`)), (text) => read(requestOf(text))), { numRuns: 500 });
  });

  it('cost no more than a moment, also where they are built to be slow', () => {
    const slow = ['['.repeat(500_000), '<a>'.repeat(200_000), '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>', `<a ${'b="c" '.repeat(50_000)}/>`, `<a>${'&amp;'.repeat(150_000)}</a>`, `{"a":"${'x'.repeat(900_000)}"}`];
    for (const text of slow) {
      const started = performance.now();
      hookSourceNamed('salesforce')!.eventsOf(requestOf(text));
      hookSourceNamed('stripe')!.eventsOf(requestOf(text));
      expect([text.slice(0, 20), performance.now() - started < 1000]).toEqual([text.slice(0, 20), true]);
    }
  });
});
