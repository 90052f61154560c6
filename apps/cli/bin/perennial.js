#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`perennial needs Node 22.22 or newer, this is ${process.versions.node}. Run it through npm (npm run perennial -- ...), which brings its own.\n`);
  process.exit(1);
}
enableCompileCache();
const { main } = await import('../dist/main.js');
await main(process.argv);
