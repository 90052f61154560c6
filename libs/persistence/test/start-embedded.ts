import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js';

/** A process of its own that starts a cluster in argv[2], says so on standard output, and waits to be killed. */
const postgres = await EmbeddedPostgres.start({ dataDir: process.argv[2] ?? '', databases: [{ name: 'one', password: 'secret' }], throwaway: process.argv[3] === 'throwaway' });
process.stdout.write(JSON.stringify({ postgres: postgres.pid(), url: postgres.urlOf('one', 'secret') }) + '\n');
setInterval(() => undefined, 1000);
