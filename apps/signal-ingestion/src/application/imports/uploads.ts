import { Inject, Injectable } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import { v7 as uuidv7 } from 'uuid';
import type { SignalIngestionConfig } from '../../config.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { optionsFault } from '../../domain/imports/import-plan.js';
import { isEncoding } from '../../files/file-format.js';
import { ImportStore, type Import, type ImportOutcome, type NewImport } from './import-store.js';

const partBytes = 256 * 1024;

/** Takes files in, part by part as they come: what arrived stays, and the sender goes on behind it. */
@Injectable()
export class Uploads {
  constructor(
    private readonly database: Database,
    private readonly store: ImportStore,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  /** An import whose file is still to come. Throws a 400 problem that names what does not fit. */
  async create(given: Omit<NewImport, 'id' | 'createdAt'>): Promise<Import> {
    const { encoding } = given.options;
    const fault = optionsFault(given.options) ?? (encoding === null || isEncoding(encoding) ? null : { code: 'unknown_encoding', pointer: '?encoding', detail: 'is no encoding that can be read, e.g. utf-8 or windows-1252' });
    if (fault) throw new ProblemException(400, fault.detail, { code: fault.code, errors: [{ pointer: fault.pointer, detail: fault.detail }] });
    const one = { ...given, id: uuidv7(), createdAt: this.clock.now() };
    await this.store.create(one);
    return this.found(one.id);
  }

  /** Stores what comes from `atByte` on, and with `isLast` begins to read the file once it is whole. Throws 404, 409 and 413 problems. */
  async append(id: string, atByte: number, body: AsyncIterable<Buffer>, isLast: boolean): Promise<Import> {
    const one = await this.found(id);
    if (one.state !== 'uploading') throw conflict('the file of this import is complete', one);
    if (one.receivedBytes !== atByte) throw conflict(`the file goes on at byte ${one.receivedBytes}`, one);
    let at = atByte;
    let parts: Buffer[] = [];
    let size = 0;
    const flush = async () => {
      if (size === 0) return;
      const bytes = Buffer.concat(parts);
      [parts, size] = [[], 0];
      if (!(await this.store.addPart(id, at, bytes))) throw conflict('somebody else sends the same file', await this.found(id));
      at += bytes.length;
    };
    try {
      for await (const chunk of body) {
        if (at + size + chunk.length > this.config.importMaxBytes) {
          // It will never be whole: what came of it is not kept.
          [parts, size] = [[], 0];
          await this.end(id, 'failed', { code: 'too_large', pointer: '', detail: this.tooLarge().message });
          throw this.tooLarge();
        }
        parts.push(chunk);
        size += chunk.length;
        if (size >= partBytes) await flush();
      }
    } finally {
      // A sender that went away goes on behind what came.
      await flush();
    }
    if (isLast && !(await this.store.complete(id))) throw conflict('the file of this import is complete', await this.found(id));
    if (isLast) this.nudge.nudge();
    return this.found(id);
  }

  /** Stops it; what it brought stays. Answers it unchanged where it is over. */
  async cancel(id: string): Promise<Import> {
    await this.found(id);
    await this.end(id, 'cancelled', null);
    return this.found(id);
  }

  private end(id: string, outcome: ImportOutcome, failure: ItemFault | null): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (await this.store.end(tx, id, outcome, failure)) tx.afterCommit(() => this.nudge.nudge());
    });
  }

  async found(id: string): Promise<Import> {
    const one = await this.store.find(id);
    if (!one) throw new ProblemException(404, `there is no import ${id}`);
    return one;
  }

  get mostBytes(): number {
    return this.config.importMaxBytes;
  }

  tooLarge(): ProblemException {
    return new ProblemException(413, `the file is larger than ${this.config.importMaxBytes} bytes: pack it, or send it in parts`, { code: 'too_large' });
  }
}

function conflict(detail: string, one: Import): ProblemException {
  return new ProblemException(409, `${detail}: see GET /api/v1/imports/${one.id}`, { code: 'upload_offset_conflict' });
}
