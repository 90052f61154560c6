import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perennial } from './perennial-process.js';

// Each case is a process: slow on a machine with other things to do.
jest.setTimeout(30_000);

/** Nothing was ever started here. */
let empty: string;
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), 'perennial-cli-'));
});
afterAll(() => rmSync(empty, { recursive: true, force: true }));

describe('--help', () => {
  it.each([
    [['up'], 'perennial up --kafka'],
    [['demo'], 'perennial demo --kafka'],
    [['doctor'], 'perennial doctor --json'],
    [['tail'], 'perennial tail risk-changes'],
    [['import'], '--as <kind>'],
    [['import'], 'accounts:write'],
    [['dead-letters'], 'replay'],
    [['dead-letters', 'list'], '--topic'],
    [['dead-letters', 'show'], '<id>'],
    [['dead-letters', 'replay'], '--dry-run'],
    [['rebuild'], 'perennial rebuild renewal-forecasting'],
    [['scorecard'], 'publish'],
    [['scorecard', 'publish'], '--reason'],
    [['credentials'], 'perennial credentials'],
    [['setup'], 'databases'],
    [['setup', 'secrets'], '--public-url'],
    [['setup', 'databases'], '--admin-url'],
  ])('of %j says how it is called, and ends with 0', async (command, words) => {
    const { code, stdout, stderr } = await perennial(...command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: perennial ${command.join(' ')}`);
    expect(stdout).toContain(words);
  });
  it('of perennial lists the commands', async () => {
    const { code, stdout } = await perennial('--help');
    expect(code).toBe(0);
    for (const command of ['up', 'demo', 'doctor', 'tail', 'dead-letters', 'rebuild', 'scorecard', 'credentials', 'setup']) expect(stdout).toContain(`  ${command} `);
  });
});

describe('wrong usage', () => {
  it.each([
    [['up', '--data-dir', ''], 'must be the path of a folder'],
    [[], 'Usage'],
    [['upp'], 'unknown command'],
    [['up', '--colour'], 'unknown option'],
    [['up', '--port', 'eighty'], 'must be a whole number from 0 to 65535'],
    [['up', '--port', '65536'], 'must be a whole number from 0 to 65535'],
    [['up', '--port'], 'argument missing'],
    [['up', '--public-url', 'ftp://example.com'], 'must be an address'],
    [['up', '--kafka', 'localhost'], 'must be host:port'],
    [['up', '--test-clock', 'yesterday'], 'must be an instant'],
    [['up', '--log-level', 'loud'], 'Allowed choices'],
    [['demo', 'now'], 'too many arguments'],
    [['scorecard', 'publish', 'x.yaml'], '--reason'],
    [['scorecard', 'publish', 'x.yaml', '--reason', 'x'.repeat(2001)], 'must be at most 2000 characters'],
    [['scorecard', 'diff', 'x.yaml', '--against', '0'], 'must be the number of a revision'],
    [['tail'], "missing required argument 'topic'"],
    [['tail', 'signals', '--from', 'yesterday'], 'Allowed choices'],
    [['import', 'a.csv'], "required option '--as <kind>' not specified"],
    [['import', 'a.csv', '--as', 'foo'], 'Allowed choices are accounts, people'],
    [['import', 'a.csv', '--as', 'usage', '--map', 'event'], 'must be column=field'],
    [['dead-letters', 'show'], "missing required argument 'id'"],
    [['rebuild'], "missing required argument 'service'"],
    [['setup', 'secrets'], "required option '--dir <dir>' not specified"],
    [['setup', 'databases', '--dir', 'x', '--postgres', 'x'], 'must be host:port'],
  ])('%j says what is wrong, and ends with 2', async (args, words) => {
    const { code, stdout, stderr } = await perennial(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

describe('nothing to talk to', () => {
  const oneLine = (stderr: string): boolean => /^perennial: [^\n]+\n$/.test(stderr);

  it.each([['doctor'], ['tail', 'signals'], ['dead-letters', 'list'], ['rebuild', 'health-scoring']])('%s %s: no folder, no address', async (...args) => {
    const { code, stderr } = await perennial(...args, '--data-dir', empty);
    expect(code).toBe(1);
    expect(stderr).toContain('give --url and --api-key');
    expect(oneLine(stderr)).toBe(true);
  });
  it.each([['tail', 'signals'], ['dead-letters', 'list'], ['rebuild', 'health-scoring']])('%s %s: nobody answers', async (...args) => {
    const { code, stderr } = await perennial(...args, '--url', 'http://127.0.0.1:9', '--api-key', 'pk_none');
    expect(code).toBe(1);
    expect(stderr).toContain('nothing answers at http://127.0.0.1:9');
    expect(oneLine(stderr)).toBe(true);
  });
});
