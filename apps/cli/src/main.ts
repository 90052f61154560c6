import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigFaults } from '@perennial/service-kit/environment';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ImportOptions } from './commands/import.js';
import { OperatorError } from './composition/operator-error.js';
import { importKinds } from './import/import-kinds.js';
import { addScorecard } from './scorecard/scorecard-commands.js';

// Root's home is closed to the user that PostgreSQL then runs as.
const dataDirDefault = process.env['PERENNIAL_DATA_DIR'] || (process.getuid?.() === 0 ? '/var/lib/perennial' : join(homedir(), '.perennial'));

interface Reach {
  url?: string;
  apiKey?: string;
  dataDir: string;
  json?: boolean;
}

/** The command line. Exit code 0: done; 1: failed, with one line that says what to do; 2: wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('perennial')
    .description('Keeps subscription customers: signals in; health, forecasts and the right work out.')
    .exitOverride()
    .showHelpAfterError('(perennial help COMMAND shows what it takes)');
  addUp(program);
  addDemo(program);
  addDoctor(program);
  addTail(program);
  addImport(program);
  addDeadLetters(program);
  addRebuild(program);
  addScorecard(program, reaching);
  addCredentials(program);
  addSetup(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // Fatal and Transient are what the libraries throw for a folder in use, a broker away and the like.
  const expected = error instanceof OperatorError || error instanceof ConfigFaults || (error instanceof Error && ['Fatal', 'Transient'].includes(error.name));
  process.stderr.write(expected ? `perennial: ${error.message}\n` : `perennial: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

function addUp(program: Command): void {
  program
    .command('up')
    .description('Runs everything in this process, until Ctrl-C.')
    .option('--port <number>', 'port of the one address (0: any free one)', port, 8080)
    .option('--public-url <url>', 'address under which others reach it', url)
    .option('--data-dir <dir>', 'where everything is kept (or PERENNIAL_DATA_DIR)', folder, dataDirDefault)
    .option('--kafka <host:port,..>', 'use this Kafka as the log instead of the built-in Postgres', brokers)
    .option('--json', 'one line of JSON on stdout when ready')
    .option('--allow-private-webhooks', 'webhooks may go to private addresses and plain http')
    .option('--test-clock <instant>', 'time stands still here until POST /api/v1/test-clock moves it', instant)
    .addOption(new Option('--log-level <level>', 'lines on stderr').choices(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('warn'))
    .addHelpText('after', '\nExamples:\n  perennial up\n  perennial up --port 9000 --data-dir /var/lib/perennial\n  perennial up --kafka 127.0.0.1:9092 --json')
    .action(async (options: { port: number; publicUrl?: string; dataDir: string; kafka?: string[]; json?: boolean; allowPrivateWebhooks?: boolean; testClock?: Date; logLevel: string }) => {
      const { up } = await import('./commands/up.js');
      await up(
        {
          port: options.port, publicUrl: options.publicUrl ?? null, dataDir: options.dataDir, kafka: options.kafka ?? null,
          allowPrivateWebhooks: options.allowPrivateWebhooks ?? false, testClock: options.testClock ?? null, logLevel: options.logLevel,
        },
        options.json ?? false,
      );
    });
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Shows the main job: live events in, a score that says why, a playbook, a forecast, a signed webhook.')
    .option('--kafka', 'on a real Kafka (KAFKA_BROKERS, Docker, or Java and Maven)')
    .addHelpText('after', '\nExamples:\n  perennial demo\n  perennial demo --kafka')
    .action(async (options: { kafka?: boolean }) => {
      const { demo } = await import('./commands/demo.js');
      if (!(await demo(options.kafka ?? false))) process.exitCode = 1;
    });
}

function addDoctor(program: Command): void {
  reaching(program.command('doctor').description('Checks a running system; exit code 1 when something is wrong.'))
    .addHelpText('after', '\nExamples:\n  perennial doctor\n  perennial doctor --json --url http://127.0.0.1:8080 --api-key KEY')
    .action(async (options: Reach) => {
      const { doctor } = await import('./commands/doctor.js');
      if (!(await doctor(options, options.json ?? false))) process.exitCode = 1;
    });
}

function addTail(program: Command): void {
  reaching(program.command('tail').description('Prints the events of a topic as they come.').argument('<topic>', 'e.g. risk-changes'))
    .option('--account <id>', 'only this account')
    .addOption(new Option('--from <where>', 'where to begin').choices(['start', 'now']).default('now'))
    .addHelpText('after', '\nExamples:\n  perennial tail risk-changes --from start\n  perennial tail signals --account acme --json')
    .action(async (topic: string, options: Reach & { account?: string; from: 'start' | 'now' }) => {
      const { tail } = await import('./commands/tail.js');
      await tail({ ...options, topic, json: options.json ?? false });
    });
}

function addImport(program: Command): void {
  reaching(program.command('import').description('Imports a file: CSV with a header, or NDJSON; gzip too.').argument('<file>'), 'scopes accounts:write and accounts:read')
    .addOption(new Option('--as <kind>', 'what the rows are').choices(importKinds).makeOptionMandatory())
    .option('--map <column=field>', 'what a column is, where its name does not tell (several)', pair('column=field'))
    .option('--set <field=value>', 'the same for every row (several)', pair('field=value'))
    .option('--dry-run', 'check everything, change nothing')
    .option('--resume', 'go on with an import of this file that broke off')
    .option('--errors <file>', 'where faulty rows are told (default: FILE.errors.csv in this folder)')
    .option('--encoding <name>', 'encoding of the text, where it is not found out rightly')
    .option('--delimiter <char>', 'separator, where it is not found out rightly (tab: a tabulator)')
    .addOption(new Option('--dates <order>', 'whether 1/2/2026 puts day or month first').choices(['dmy', 'mdy']))
    .addHelpText('after', '\nExamples:\n  perennial import usage.csv --as usage --dry-run\n  perennial import customers.csv.gz --as accounts --map "Account No=accountId"\n  perennial import usage.csv --as usage --resume')
    .action(async (file: string, options: Reach & ImportOptions) => {
      const { importFile } = await import('./commands/import.js');
      process.exitCode = await importFile(file, options);
    });
}

function addDeadLetters(program: Command): void {
  const letters = program.command('dead-letters').description('Records that could not be applied: list, show, replay.');
  const topic = ['--topic <topic>', 'only those of this topic, e.g. signals'] as const;
  reaching(letters.command('list').description('Lists them.')).option(...topic).action(async (options: Reach & { topic?: string }) => {
    const { listDeadLetters } = await import('./commands/dead-letters.js');
    await listDeadLetters(options, options.topic, options.json ?? false);
  });
  reaching(letters.command('show').description('Shows one as JSON, with its record.').argument('<id>')).action(async (id: string, options: Reach) => {
    const { showDeadLetter } = await import('./commands/dead-letters.js');
    await showDeadLetter(options, id);
  });
  reaching(letters.command('replay').description('Applies them once more, once what stood in the way is mended.').argument('[ids...]', 'without ids: all that are dead'))
    .option(...topic)
    .option('--dry-run', 'only say which')
    .addHelpText('after', '\nExamples:\n  perennial dead-letters replay --dry-run\n  perennial dead-letters replay --topic signals')
    .action(async (ids: string[], options: Reach & { topic?: string; dryRun?: boolean }) => {
      const { replayDeadLetters } = await import('./commands/dead-letters.js');
      await replayDeadLetters(options, ids, options.topic, options.dryRun ?? false, options.json ?? false);
    });
}

function addRebuild(program: Command): void {
  reaching(program.command('rebuild').description('Clears what a service derived and reads its topics from the start; tells nothing twice.').argument('<service>', 'e.g. health-scoring'))
    .addHelpText('after', '\nExample:\n  perennial rebuild renewal-forecasting')
    .action(async (service: string, options: Reach) => {
      const { rebuild } = await import('./commands/rebuild.js');
      await rebuild(options, service, options.json ?? false);
    });
}

function addCredentials(program: Command): void {
  program
    .command('credentials')
    .description('Shows sign-in, write key and API key of the first start.')
    .option('--data-dir <dir>', 'folder that keeps them (or PERENNIAL_DATA_DIR)', folder, dataDirDefault)
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  perennial credentials')
    .action(async (options: { dataDir: string; json?: boolean }) => {
      const { credentials } = await import('./commands/credentials.js');
      credentials(options.dataDir, options.json ?? false);
    });
}

function addSetup(program: Command): void {
  const setup = program.command('setup').description('First start of a deployment of many containers: secrets, databases. Run again, it makes what is missing.');
  const common = (command: Command) =>
    command
      .requiredOption('--dir <dir>', 'folder of the secrets, one folder per reader in it')
      .addOption(new Option('--postgres <host:port>', 'where PostgreSQL is').default('postgres:5432').argParser(hostAndPort));
  common(setup.command('secrets').description('Makes the secrets and lays out for each service what it may know.'))
    .option('--port <n>', 'port on this machine that it is reached by without a public address', port, 8080)
    .option('--public-url <url>', 'address under which people reach it; empty: this machine', (text: string) => (text === '' ? '' : url(text)), '')
    .addHelpText('after', '\nExample:\n  perennial setup secrets --dir /run/secrets/perennial --public-url https://perennial.example.com')
    .action(async (options: { dir: string; postgres: string; port: number; publicUrl: string }) => {
      const { setupSecrets } = await import('./commands/setup.js');
      await setupSecrets({ ...options, publicUrl: options.publicUrl === '' ? `http://127.0.0.1:${options.port}` : options.publicUrl });
    });
  common(setup.command('databases').description('Makes one database and role per service; each role can connect to its own database only.'))
    .option('--admin-url <url>', 'postgres:// address of a superuser, where it is not the one of the secrets')
    .addHelpText('after', '\nExample:\n  perennial setup databases --dir /run/secrets/perennial --postgres db.example.com:5432')
    .action(async (options: { dir: string; postgres: string; adminUrl?: string }) => {
      const { setupDatabases } = await import('./commands/setup.js');
      await setupDatabases(options);
    });
}

function reaching(command: Command, scopes = 'scope operate'): Command {
  return command
    .addOption(new Option('--url <url>', 'address of the running system').env('PERENNIAL_URL'))
    .option('--api-key <key>', `API key with ${scopes}`)
    .option('--data-dir <dir>', 'folder whose credentials are used without --url and --api-key (or PERENNIAL_DATA_DIR)', folder, dataDirDefault)
    .option('--json', 'answer as JSON');
}

/** Options that are given several times, each as `name=value`. */
function pair(shape: string): (text: string, all?: string[]) => string[] {
  return (text, all = []) => {
    if (text.indexOf('=') < 1) throw new InvalidArgumentError(`must be ${shape}`);
    return [...all, text];
  };
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('must be a whole number from 0 to 65535');
  return value;
}

function folder(text: string): string {
  if (text === '') throw new InvalidArgumentError('must be the path of a folder');
  return text;
}

function url(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new InvalidArgumentError('must be an address, e.g. https://perennial.example.com');
  return text.replace(/\/$/, '');
}

function instant(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime()) || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) throw new InvalidArgumentError('must be an instant, e.g. 2026-03-02T08:00:00Z');
  return value;
}

function hostAndPort(text: string): string {
  if (!/^[^\s:/@]+:\d+$/.test(text)) throw new InvalidArgumentError('must be host:port');
  return text;
}

function brokers(text: string): string[] {
  const list = text.split(',').map((each) => each.trim());
  if (list.some((each) => !/^[^\s:]+:\d+$/.test(each))) throw new InvalidArgumentError('must be host:port, several parted by commas');
  return list;
}
