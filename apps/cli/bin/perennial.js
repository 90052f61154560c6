#!/usr/bin/env -S MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=8388608 node --max-semi-space-size=2 --max-old-space-size=400
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`perennial needs Node 22.22 or newer, this is ${process.versions.node}. Run it through npm (npm run perennial -- ...), which brings its own.\n`);
  process.exit(1);
}
// Loaded after the check: an old Node does not have it.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
// `perennial tail .. | head` is a fine way to end.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { main } = await import('../dist/main.js');
await main(process.argv);
