import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perennial, PerennialProcess } from './perennial-process.js';

/** A first start makes a database cluster; an unreachable broker is asked for a while. */
const longestMs = 150_000;
const oneLine = /^perennial: [^\n]+\n$/;

describe('perennial up refuses with one line and exit code 1', () => {
  let folder: string;
  let first: PerennialProcess | null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perennial-cli-'));
    first = null;
  });
  afterEach(async () => {
    await first?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, longestMs);

  async function listening(): Promise<{ server: Server; port: number }> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  }

  it('a port in use, before anything is made', async () => {
    const { server, port } = await listening();
    const { code, stderr, stdout } = await perennial('up', '--json', '--port', String(port), '--data-dir', join(folder, 'new'));
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(`port ${port} is in use`);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  // Linux answers "no such file" to whoever makes a folder there.
  (existsSync('/proc/self') ? it : it.skip)('a folder that cannot be made', async () => {
    const { code, stderr, stdout } = await perennial('up', '--json', '--port', '0', '--data-dir', '/proc/perennial');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('/proc/perennial');
  });

  it('a folder that another one uses, which goes on; and ends with 0 on SIGTERM', async () => {
    first = new PerennialProcess(['up', '--json', '--port', '0', '--data-dir', folder]);
    const { url, apiKey } = JSON.parse(await first.firstLine()) as { url: string; apiKey: string };
    const { code, stderr, stdout } = await perennial('up', '--json', '--port', '0', '--data-dir', folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(folder);
    expect((await fetch(`${url}/api/v1/pipeline`, { headers: { authorization: `Bearer ${apiKey}` } })).status).toBe(200);
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' });
  }, longestMs);

  it('a Kafka that nobody can reach', async () => {
    const { server, port } = await listening();
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await perennial('up', '--json', '--port', '0', '--data-dir', folder, '--kafka', `127.0.0.1:${port}`);
    expect(code).toBe(1);
    // Beside the log's own lines, which are JSON.
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(said).toEqual([expect.stringMatching(new RegExp(`^perennial: .*127\\.0\\.0\\.1:${port}`))]);
  }, longestMs);
});
