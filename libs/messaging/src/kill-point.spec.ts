import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const loader = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const file = fileURLToPath(new URL('./kill-point.ts', import.meta.url));

function run(env: Record<string, string>): { signal: NodeJS.Signals | null; passed: number } {
  const script = `const { killPoint } = await import(${JSON.stringify(file)}); const { writeSync } = await import('node:fs');
    for (let i = 0; i < 3; i++) { killPoint('one'); writeSync(1, 'x'); killPoint('other'); }`;
  const { signal, stdout } = spawnSync(process.execPath, ['--import', loader, '--input-type=module', '-e', script], { env: { PATH: process.env['PATH'], ...env } });
  return { signal, passed: stdout.length };
}

describe('killPoint', () => {
  it('kills at the point named, the nth time, under test only', () => {
    expect(run({ PERENNIAL_TEST: '1', PERENNIAL_KILL_POINT: 'one' })).toEqual({ signal: 'SIGKILL', passed: 0 });
    expect(run({ PERENNIAL_TEST: '1', PERENNIAL_KILL_POINT: 'one:3' })).toEqual({ signal: 'SIGKILL', passed: 2 });
    expect(run({ PERENNIAL_TEST: '1', PERENNIAL_KILL_POINT: 'none' })).toEqual({ signal: null, passed: 3 });
    expect(run({ PERENNIAL_KILL_POINT: 'one' })).toEqual({ signal: null, passed: 3 });
  });
});
