import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');

const core = 'apps/health-scoring/src/domain';
const imported = (what: string, from: string) => `import { ${what} } from '${from}';\nexport const y = ${what};\n`;
const cases: [string, string, string, string | null][] = [
  ['a service that imports another', 'apps/notifications/src/zz-a.ts', imported('x', '@perennial/gateway/service'), '@nx/enforce-module-boundaries'],
  ['a library that imports a service', 'libs/contracts/src/zz-b.ts', imported('x', '@perennial/gateway/service'), '@nx/enforce-module-boundaries'],
  ['Nest in the pure core', `${core}/zz-c.ts`, imported('Injectable', '@nestjs/common'), 'no-restricted-imports'],
  ['TypeORM in the pure core', `${core}/zz-d.ts`, imported('Entity', 'typeorm'), 'no-restricted-imports'],
  ['I/O in the pure core', `${core}/zz-e.ts`, imported('readFileSync', 'node:fs'), 'no-restricted-imports'],
  ['a clock in the pure core', `${core}/zz-f.ts`, 'export const y = Date.now();\n', 'no-restricted-syntax'],
  ['another clock in the pure core', `${core}/zz-g.ts`, 'export const y = new Date();\n', 'no-restricted-syntax'],
  ['chance in the pure core', `${core}/zz-h.ts`, 'export const y = Math.random();\n', 'no-restricted-syntax'],
  ['the process in the pure core', `${core}/zz-i.ts`, 'export const y = process.env;\n', 'no-restricted-globals'],
  ['a database in a use case', 'apps/health-scoring/src/application/zz-j.ts', imported('Entity', 'typeorm'), 'no-restricted-imports'],
  ['kafkajs outside its adapter', 'apps/notifications/src/zz-k.ts', imported('Kafka', 'kafkajs'), 'no-restricted-imports'],
  ['nothing in a harmless file', `${core}/zz-l.ts`, 'export const y = 1;\n', null],
];

interface LintResult {
  filePath: string;
  messages: { ruleId: string | null }[];
}

describe('lint keeps the boundaries', () => {
  const files = cases.map(([, path]) => join(root, path));
  let status: number | null;
  let results: LintResult[];

  beforeAll(() => {
    for (const [, path, code] of cases) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), code);
    }
    const run = spawnSync(join(bin, 'node'), ['tools/lint.js', '--format=json', ...files], { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } });
    status = run.status;
    results = JSON.parse(run.stdout) as LintResult[];
  }, 120_000);

  afterAll(() => files.forEach((file) => rmSync(file, { force: true })));

  it.each(cases)('refuses %s', (_name, path, _code, rule) => {
    const rules = results.find((result) => result.filePath.endsWith(path))?.messages.map((message) => message.ruleId);
    if (rule === null) expect(rules).toEqual([]);
    else expect(rules).toContain(rule);
  });

  it('fails as a command', () => {
    expect(status).toBe(1);
  });
});
