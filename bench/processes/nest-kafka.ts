import 'reflect-metadata';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { testPostgres } from '@perennial/testing/postgres';
import kafkajs, { CompressionTypes, logLevel } from 'kafkajs';
import { Column, DataSource, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import { DayCounts } from '../fold/day-counts.js';
import { CreateFoldTable1700000000002, fillFoldTable } from '../fold/fold-store.js';
import { answer } from './answer.js';

/**
 * B6: the same fold behind Nest's own Kafka transport as it ships, one message and one transaction after the other, by two
 * prepared statements on our own pipelined connections; beside it by a repository of TypeORM, as Nest's documentation has it.
 */
kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
});

@Entity('fold_account')
class FoldAccount {
  @PrimaryColumn('text', { name: 'account_id' }) accountId!: string;
  @Column('bigint') revision!: string;
  @Column('bytea') state!: Buffer;
}

interface Counted {
  readonly accountId: string;
  readonly occurredAt: string;
}

let database: TypeOrmDatabase;
let plain: DataSource;
let count: (event: Counted) => Promise<void>;
let turn = 0;
let handled = 0;
let firstAt = 0;
let lastAt = 0;

@Controller()
class CountController {
  @EventPattern<string>('raw-read')
  async count(@Payload() event: Counted): Promise<void> {
    firstAt ||= performance.now();
    await count(event);
    handled++;
    lastAt = performance.now();
  }
}

const byStatements = ({ accountId, occurredAt }: Counted): Promise<void> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<{ state: Buffer }>({ name: 'one-lock', text: 'SELECT state FROM fold_account WHERE account_id = $1 FOR NO KEY UPDATE', values: [accountId] });
    const counts = row ? DayCounts.unpack(row.state) : DayCounts.empty();
    counts.add(occurredAt);
    await tx.query({
      name: 'one-save',
      text: 'INSERT INTO fold_account VALUES ($1, 1, $2) ON CONFLICT (account_id) DO UPDATE SET revision = fold_account.revision + 1, state = excluded.state',
      values: [accountId, counts.pack()],
    });
  });

const byRepository = ({ accountId, occurredAt }: Counted): Promise<void> =>
  plain.transaction(async (manager: EntityManager) => {
    const accounts = manager.getRepository(FoldAccount);
    const account = (await accounts.findOne({ where: { accountId }, lock: { mode: 'pessimistic_write' } })) ?? accounts.create({ accountId, revision: '0', state: DayCounts.empty().pack() });
    const counts = DayCounts.unpack(account.state);
    counts.add(occurredAt);
    account.state = Buffer.from(counts.pack());
    account.revision = String(Number(account.revision) + 1);
    await accounts.save(account);
  });

@Module({ controllers: [CountController] })
class CountModule {}

answer(
  {
    async start({ accounts }: { accounts: number }) {
      const url = await (await testPostgres()).emptyDatabase();
      database = await TypeOrmDatabase.open({ url, migrations: [CreateFoldTable1700000000002] });
      plain = await new DataSource({ type: 'postgres', url, entities: [FoldAccount] }).initialize();
      await database.query({ text: fillFoldTable, values: ['account', DayCounts.empty().pack(), accounts] });
      await database.query('VACUUM ANALYZE fold_account');
    },
    /** Events/s over `forMs` from the first message on. */
    async rate({ brokers, forMs, by }: { brokers: string[]; forMs: number; by: 'repository' | 'statements' }): Promise<number> {
      count = by === 'repository' ? byRepository : byStatements;
      [handled, firstAt, lastAt] = [0, 0, 0];
      const app: INestMicroservice = await NestFactory.createMicroservice<MicroserviceOptions>(CountModule, {
        transport: Transport.KAFKA,
        logger: false,
        options: { client: { brokers, clientId: 'nest', logLevel: logLevel.NOTHING }, consumer: { groupId: `nest-${turn++}` }, subscribe: { fromBeginning: true } },
      });
      await app.listen();
      for (const end = performance.now() + 30_000; firstAt === 0 || performance.now() - firstAt < forMs; await new Promise((resolve) => setTimeout(resolve, 20))) {
        if (performance.now() > end) break;
      }
      const rate = (handled * 1000) / (lastAt - firstAt);
      await app.close();
      return rate;
    },
  },
  async () => {
    await plain?.destroy();
    await database?.close();
  },
);
