import { Injectable } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Uploads } from '../application/imports/uploads.js';
import { PreviewImport } from '../application/imports/preview-import.js';
import { optionsFault } from '../domain/imports/import-plan.js';
import { BrokenFile } from '../files/file-bytes.js';
import { appendOperation, createOperation, previewOperation } from './import-operations.js';
import { importRequest } from './import-request.js';
import { importView, previewView } from './import.dto.js';

const previewBytes = 256 * 1024;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Files come as streams, whatever their type says: none is ever whole in memory. */
@Injectable()
export class ImportUpload {
  constructor(
    private readonly uploads: Uploads,
    private readonly previews: PreviewImport,
  ) {}

  register(fastify: FastifyInstance): void {
    const file = { access: 'accounts:write', streamBody: true } as const;
    fastify.post('/api/v1/imports', { config: { ...file, operation: createOperation } }, (request, reply) => this.create(request, reply));
    fastify.post('/api/v1/imports/preview', { config: { ...file, operation: previewOperation } }, (request, reply) => this.preview(request, reply));
    fastify.patch<{ Params: { id: string } }>('/api/v1/imports/:id', { config: { ...file, operation: appendOperation } }, (request, reply) => this.append(request, reply));
  }

  private async create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const isWhole = isLastPart(request);
    this.refuseLarge(request);
    const created = await this.uploads.create(importRequest(request.query));
    void reply.header('location', `/api/v1/imports/${created.id}`);
    const one = await reading(request, (body) => this.uploads.append(created.id, 0, body, isWhole));
    return reply.status(201).send(importView(one));
  }

  private async append(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): Promise<FastifyReply> {
    const { id } = request.params;
    if (!uuid.test(id)) throw new ProblemException(404, 'there is no such import');
    const offset = request.headers['upload-offset'];
    if (typeof offset !== 'string' || !/^\d{1,15}$/.test(offset)) throw new ProblemException(400, 'say with the header Upload-Offset at which byte of the file this goes on', { code: 'upload_offset_missing' });
    this.refuseLarge(request);
    return reply.send(importView(await reading(request, (body) => this.uploads.append(id, Number(offset), body, isLastPart(request)))));
  }

  private async preview(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { options } = importRequest(request.query);
    const wrong = optionsFault(options);
    const beginning = await reading(request, (body) => firstBytes(body, previewBytes));
    const found = wrong ?? (await this.previews.preview(options, beginning).catch((error: unknown) => {
      if (error instanceof BrokenFile) return { code: 'broken_file', pointer: '', detail: `the file ${error.message}` };
      throw error;
    }));
    if ('code' in found) throw new ProblemException(400, found.detail, { code: found.code, ...(found.pointer === '' ? {} : { errors: [{ pointer: found.pointer, detail: found.detail }] }) });
    return reply.send(previewView(found));
  }

  private refuseLarge(request: FastifyRequest): void {
    if (Number(request.headers['content-length'] ?? 0) > this.uploads.mostBytes) throw this.uploads.tooLarge();
  }
}

const isLastPart = (request: FastifyRequest): boolean => request.headers['upload-complete'] !== '?0';

/** What `work` leaves unread is thrown away: the sender's next request on the connection would wait behind it. A request without a body has an empty file. */
async function reading<T>({ body }: FastifyRequest, work: (bytes: AsyncIterable<Buffer>) => Promise<T>): Promise<T> {
  const stream = body instanceof Readable ? body : Readable.from([]);
  try {
    return await work(stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
  } finally {
    stream.resume();
  }
}

/** The first bytes of what is sent; the rest is read and thrown away, or the sender would never hear an answer. */
async function firstBytes(body: AsyncIterable<Buffer>, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let left = size;
  for await (const chunk of body) {
    if (left > 0) parts.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < -16 * 1024 * 1024) throw new ProblemException(413, 'a preview takes the beginning of a file, e.g. its first 64 KiB', { code: 'too_large' });
  }
  return Buffer.concat(parts);
}
