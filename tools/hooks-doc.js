// Writes the part of docs/sources.md about business systems anew, from the table of webhook sources.
import '../libs/testing/jest/register-typescript.mjs';
import { readFileSync, writeFileSync } from 'node:fs';

const { withHooksPart } = await import('../apps/signal-ingestion/test/hooks-doc.ts');
const page = new URL('../docs/sources.md', import.meta.url);
writeFileSync(page, withHooksPart(readFileSync(page, 'utf8')));
console.log(`wrote ${page.pathname}`);
