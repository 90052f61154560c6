// How much of the scoring domain the tests would miss if it broke: Stryker changes it in one place after another and runs
// unit tests on each. A survivor is a missing assertion, or a change that changes nothing.
//
//   npm run mutate                            a sample of the whole domain, the same each time
//   npm run mutate -- verdict measures        of these folders
//   npm run mutate -- --share 1 verdict       all of it (hours for the whole domain)
//   npm run mutate -- --seed 7 verdict        another sample
import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const domain = 'apps/health-scoring/src/domain';
/** The sample is of so many lines at a time. */
const blockLines = 8;
const leastScore = 80;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { share: { type: 'string', default: '0.03' }, seed: { type: 'string', default: '1' } } });
const share = Number(values.share);
// Words for people are compared word by word nowhere.
const sources = (folder) => globSync(`${domain}/${folder}/*.ts`).filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('/words.ts')).sort();
const folders = positionals.length > 0 ? positionals : ['.', ...globSync(`${domain}/*/`)].map((path) => (path === '.' ? path : path.split('/').at(-1))).sort();

/** A number in [0, 1) that is the same for the same text. */
const drawn = (text) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
/** Blocks of lines of the file that are in the sample, as Stryker takes them. */
function sampled(file) {
  const lines = readFileSync(file, 'utf8').split('\n').length;
  const blocks = Array.from({ length: Math.ceil(lines / blockLines) }, (_, block) => block).filter((block) => drawn(`${values.seed} ${file} ${block}`) < share);
  return blocks.map((block) => `${file}:${block * blockLines + 1}-${(block + 1) * blockLines}`);
}

/** One test file of many: what they import is loaded once for each change, and the first test that finds it is the last that runs. */
const together = 'tools/mutate/together.ts';
const testsOf = (patterns) => `import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true });
const told = globalThis.it;
let isFound = false;
const once = (run: () => unknown) => async (): Promise<void> => {
  if (isFound) return;
  try {
    await run();
  } catch (error) {
    isFound = true;
    throw error;
  }
};
globalThis.it = Object.assign((name: string, run: () => unknown, ms?: number) => told(name, once(run), ms), told);
${[...new Set(patterns.flatMap((pattern) => globSync(`${domain}/${pattern}`)))].sort().map((spec) => `await import('../../${spec.replace(/ts$/, 'js')}');`).join('\n')}
`;

const results = [];
process.on('exit', () => rmSync(together, { force: true }));
for (const folder of folders) {
  const files = sources(folder);
  const mutate = share >= 1 ? files : files.flatMap(sampled);
  if (mutate.length === 0) continue;
  // The folder's own tests, those of whole accounts, and those of measures and indicators: others come by it only on their way.
  writeFileSync(together, testsOf([`${folder === '.' ? '' : `${folder}/`}*.spec.ts`, '*.spec.ts', 'measures/*.spec.ts', 'indicators/*.spec.ts']));
  results.push(...(await new Stryker(optionsFor(mutate)).runMutationTest()));
}
if (results.length === 0) throw new Error('nothing of these folders is in the sample: take a larger --share');

const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
const [found, missed] = [count('Killed', 'Timeout'), count('Survived', 'NoCoverage')];
const score = (100 * found) / (found + missed);
console.log(`${found} of ${found + missed} changes found, ${count('Timeout')} of them by a test that did not end: ${score.toFixed(1)} %, at least ${leastScore} % wanted (share ${share}, seed ${values.seed})`);
process.exitCode = score >= leastScore ? 0 : 1;

function optionsFor(mutate) {
  return {
    mutate,
    // Texts are shown, not judged by; an empty one would only be missed where the words are compared.
    mutator: { excludedMutations: ['StringLiteral'] },
    // What is done when a file is loaded holds for every test: each would take a run of all of them.
    ignoreStatic: true,
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: { projectType: 'custom', configFile: 'tools/mutate/jest.config.mjs', enableFindRelatedTests: true },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    maxTestRunnerReuse: 60,
    // On a busy machine no test is about a minute.
    timeoutMS: 120_000,
    dryRunTimeoutMinutes: 15,
    disableTypeChecks: false,
    ignorePatterns: ['docs', 'deploy', 'chaos', 'bench', 'libs/*/test', 'apps/*', '!apps/health-scoring', '!apps/health-scoring/**', '**/dist', '**/node_modules'],
    reporters: ['clear-text', 'progress-append-only'],
    allowConsoleColors: false,
    clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  };
}
