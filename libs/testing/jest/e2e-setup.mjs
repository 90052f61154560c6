// The acceptance suite runs the built system: build what is out of date first. Its data folders are copies of one first start.
import './register-typescript.mjs';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default async function e2eSetup() {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/ts7/bin/tsc', '-b', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  const { makeFirstStart } = await import('../src/first-start.ts');
  await makeFirstStart(`${root}apps/cli/bin/perennial.js`);
}
