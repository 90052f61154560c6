// Writes docs/asyncapi.json from the contracts. Run it after `npm run build` when a topic or an event changed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { asyncApi } from '@perennial/contracts/async-api';

const golden = (topic, type) => {
  const file = new URL(`../libs/contracts/golden/${topic.stream}/${type}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
};
const target = new URL('../docs/asyncapi.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(asyncApi(golden), null, 2)}\n`);
console.log(`wrote ${target.pathname}`);
