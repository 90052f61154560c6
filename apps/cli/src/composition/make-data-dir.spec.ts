import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataDir } from './make-data-dir.js';
import { OperatorError } from './operator-error.js';

describe('the data folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'perennial-dir-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made with those above it, owner-only, and may be there already', () => {
    const path = join(folder, 'a', 'b');
    makeDataDir(path);
    makeDataDir(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });
  it.each([['that is a file', 'file'], ['below a file', join('file', 'below')]])('%s is refused in one line', (_, name) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeDataDir(join(folder, name))).toThrow(OperatorError);
    expect(() => makeDataDir(join(folder, name))).toThrow(/^cannot make the data folder [^\n]+; choose another with --data-dir$/);
  });
});
