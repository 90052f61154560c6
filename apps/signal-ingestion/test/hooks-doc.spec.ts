import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { signalFault } from '../src/domain/signal-rules.js';
import { withHooksPart } from './hooks-doc.js';

const page = readFileSync(new URL('../../../docs/sources.md', import.meta.url), 'utf8');

it('docs/sources.md says what the table of webhook sources says', () => {
  // Made anew by `node tools/hooks-doc.js`.
  expect(page).toBe(withHooksPart(page));
});

it('docs/sources.md shows a mapping that makes signals', async () => {
  const [, body] = /-d '(\{\n[^']+)'/.exec(page)!;
  const { settings } = JSON.parse(body!) as { settings: { mapping: string } };
  const made = (await jsonata(settings.mapping).evaluate({ title: 'Down', customers: [{ id: 'acme' }, { id: 'nova' }] })) as { accountId: string }[];
  expect(made.map(({ accountId }) => accountId)).toEqual(['acme', 'nova']);
  for (const signal of made) expect(signalFault({ ...signal }, 0, { currency: 'USD' })).toBeNull();
});
