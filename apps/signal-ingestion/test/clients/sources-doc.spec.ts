import { readFileSync } from 'node:fs';
import { withTelemetryPart } from './sources-doc.js';

it('docs/sources.md says what is tried here: if not, run `node tools/sources-doc.js`', () => {
  const page = readFileSync(new URL('../../../../docs/sources.md', import.meta.url), 'utf8');
  expect(page).toBe(withTelemetryPart(page));
});
