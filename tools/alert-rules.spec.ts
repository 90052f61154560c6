import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const rulesFile = 'deploy/prometheus/perennial.rules.yml';
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

const rules = (parse(textOf(rulesFile)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const names = rules.map(({ alert }) => alert).sort();
const metrics = new Set([...textOf('docs/metrics.md').matchAll(/^\| `(\w+)` \| (?:counter|gauge|histogram) \|/gm)].map(([, name]) => name));

describe('the alert rules', () => {
  it('ask for documented metrics only, and each says what is wrong and what to do', () => {
    for (const { alert, expr, labels, annotations } of rules) {
      const asked = [...expr.matchAll(/\b(?:perennial|http|messaging|nodejs|process|v8js)_\w+(?=[{[)\s]|$)/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')).filter((name) => !/^(messaging_consumer_group_name|messaging_destination_\w+|http_response_status_code)$/.test(name));
      expect([alert, asked.length > 0, asked.filter((name) => !metrics.has(name))]).toEqual([alert, true, []]);
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(annotations.summary.length * annotations.description.length).toBeGreaterThan(0);
    }
  });

  it('are all listed in docs/metrics.md, and all proved', () => {
    const listed = (text: string): string[] => [...new Set(text.match(/\bPerennial[A-Z]\w+/g))].sort();
    expect(listed(textOf('docs/metrics.md'))).toEqual(names);
    expect(listed(textOf('deploy/prometheus/perennial.rules.test.yml'))).toEqual(names);
  });

  it('have a runbook each, which says what it means, how to look and what to do with commands there are', () => {
    const [introduction, ...sections] = textOf('docs/runbooks.md').split(/^## /m);
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) expect(annotations.runbook_url).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
    for (const section of sections) expect([section.split('\n', 1)[0], ...[...section.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part)]).toEqual([expect.anything(), 'Means', 'Look', 'Do']);
    const text = [introduction, ...sections].join('');
    const commands = new Set([...textOf('apps/cli/src/main.ts').matchAll(/\.command\('([\w-]+)/g)].map(([, name]) => name));
    expect([...text.matchAll(/`cli ([\w-]+)/g)].map(([, name]) => name!).filter((name) => !commands.has(name))).toEqual([]);
    const paths = [...text.matchAll(/\$URL\/([\w-]+)/g)].map(([, name]) => name!);
    const controllers = globSync('apps/*/src/http/*.ts', { cwd: root }).map(textOf).join('\n');
    expect([paths.length > 10, paths.filter((name) => !controllers.includes(`api/v1/${name}`) && !controllers.includes(`'${name}'`))]).toEqual([true, []]);
    expect([...text.matchAll(/\]\(([\w./-]+\.(?:md|yml))/g)].filter(([, file]) => !existsSync(join(root, 'docs', file!)))).toEqual([]);
  });

  // Debian's package prometheus has it; .ci/run brings it along.
  (hasPromtool ? it : it.skip)('pass promtool’s check and its tests', () => {
    for (const args of [['check', 'rules', rulesFile], ['test', 'rules', 'deploy/prometheus/perennial.rules.test.yml']]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });
      expect({ status, stdout: stdout.includes('FAILED') ? stdout : '', stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    }
  });
});
