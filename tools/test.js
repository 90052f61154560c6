// Everything that has to pass: types, lint, unit, integration and acceptance tests. Each suite has a budget
// in minutes; a suite that runs over is ended and counts as one failure. The last line sums up.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const suites = [
  { name: 'types', minutes: 3, command: ['npm', 'run', '-s', 'typecheck'] },
  { name: 'lint', minutes: 4, command: ['npm', 'run', '-s', 'lint'] },
  { name: 'unit', minutes: 5, jest: true },
  // Much of it is waiting for databases, brokers and time: three share two cores.
  { name: 'int', minutes: 15, jest: true, workers: 3 },
  { name: 'e2e', minutes: 20, jest: true },
  // A part of the fault matrix, chosen by a seed it prints: docs/chaos.md.
  { name: 'chaos', minutes: 20, cells: true },
];

// Threads of the services load their sources as the tests do.
const jest = ['--import', './libs/testing/jest/register-typescript.mjs', '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

const folder = mkdtempSync(join(tmpdir(), 'perennial-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

for (const suite of suites) {
  const report = join(folder, `${suite.name}.json`);
  // Jest is run directly: ending npm would leave it running.
  const command = commandOf(suite, report);
  const startedAt = performance.now();
  const run = spawnSync(command[0], command.slice(1), { stdio: ['ignore', suite.jest ? 'ignore' : 'inherit', 'inherit'], timeout: suite.minutes * 60_000, killSignal: 'SIGTERM' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const counts = suite.jest ? countsOf(report, run.status) : suite.cells ? cellsOf(report, run.status) : run.status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  for (const key of Object.keys(total)) total[key] += counts[key];
  const overrun = run.error?.code === 'ETIMEDOUT' ? `, ended after its ${suite.minutes} min` : '';
  lines.push(`${suite.name.padEnd(6)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s${overrun}`);
}

rmSync(folder, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

function commandOf(suite, report) {
  if (suite.jest) return [process.execPath, ...jest, '--selectProjects', suite.name, '--json', `--outputFile=${report}`, '--forceExit', ...(suite.workers ? [`--maxWorkers=${suite.workers}`] : [])];
  if (suite.cells) return [process.execPath, '--disable-warning=ExperimentalWarning', '--import', './libs/testing/jest/register-typescript.mjs', 'chaos/main.ts', '--suite', '--seed', seedOfTheDay(), '--counts', report];
  return suite.command;
}

/** Other cells each day (UTC), the same for everybody who tests on it. */
function seedOfTheDay() {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

/** Each cell is one test. A run that did not come to its end without a failed cell counts as one failure. */
function cellsOf(report, status) {
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed, failed: status === 0 ? failed : Math.max(1, failed), skipped };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Jest's own counts. A run that ended badly without a failed test (a suite that did not load) counts as one failure. */
function countsOf(report, status) {
  try {
    const json = JSON.parse(readFileSync(report, 'utf8'));
    const failed = json.numFailedTests + (json.numRuntimeErrorTestSuites ?? 0);
    return { passed: json.numPassedTests, failed: status === 0 ? failed : Math.max(1, failed), skipped: json.numPendingTests + json.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
