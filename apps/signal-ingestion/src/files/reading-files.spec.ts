import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { BrokenFile } from './file-bytes.js';
import { isEmptyRow, type FileRow } from './file-row.js';
import { rowsOf, shapeOf } from './read-file.js';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const given = { encoding: null, delimiter: null };
const read = async (content: string | Buffer, size = 7) => {
  const bytes = Buffer.from(content);
  const shape = await shapeOf(() => cut(bytes, size), given, false);
  if ('code' in shape) throw new Error(shape.detail);
  const rows: FileRow[] = [];
  for await (const block of rowsOf(cut(bytes, size), shape.format, { flat: true, cut: false })) rows.push(...block);
  return { shape, rows: rows.filter((row) => !isEmptyRow(row) && row.row > shape.headerRow) };
};
const lines = ({ rows }: Awaited<ReturnType<typeof read>>) => rows.map(({ row, line, cells, problem }) => [row, line, problem ?? (cells as string[]).join('|')]);

describe('CSV', () => {
  it('keeps row and line numbers over blank lines and values of several lines', async () => {
    expect(lines(await read('a,b\n1,2\n\n3,"x\ny"\n5,6'))).toEqual([[2, 2, '1|2'], [4, 4, '3|x\ny'], [5, 6, '5|6']]);
  });

  it('loses one row to a quote that is not closed, not those behind it', async () => {
    expect(lines(await read('a,b\n1,"2\n3,4\n5,6\n'))).toEqual([[2, 2, 'opens a quote that is not closed'], [3, 3, '3|4'], [4, 4, '5|6']]);
    expect(lines(await read('a,b\n1,"2\n3,4\n5,"6\n7,8\n'))).toEqual([[2, 2, 'opens a quote that is not closed'], [3, 3, '3|4'], [4, 4, 'opens a quote that is not closed'], [5, 5, '7|8']]);
    expect(lines(await read('a,b\n5" pipe,x\n"torn"value,x\n1,2\n'))).toEqual([[2, 2, '5" pipe|x'], [3, 3, 'opens a quote that is not closed'], [4, 4, '1|2']]);
    const long = `a,b\n1,"2\n${'3,4\n'.repeat(60_000)}`;
    const rows = lines(await read(long, 65_536));
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([60_001, [2, 2, 'opens a quote that is not closed'], [60_002, 60_002, '3|4']]);
  });

  it('refuses rows of another width, but not empty cells behind the last', async () => {
    expect(lines(await read('a,b\n1\n1,2,3\n1,2,,\n'))).toEqual([[2, 2, 'has 1 fields, the header has 2'], [3, 3, 'has 3 fields, the header has 2'], [4, 4, '1|2']]);
  });

  it('gives the same rows however the bytes are cut', async () => {
    const cell = fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\r', ' ').trim());
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 50 }), async (table, size) => {
      const text = ['a,b,c', ...table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))].join('\n');
      const bytes = Buffer.from(text);
      const rows: FileRow[] = [];
      for await (const block of rowsOf(cut(bytes, size), { kind: 'csv', encoding: 'utf-8', delimiter: ',' }, { flat: true, cut: false })) rows.push(...block);
      expect(rows.slice(1).map(({ cells }) => cells)).toEqual(table.map((row) => row.map((one) => one.replace(/^\uFEFF/, (mark) => mark))));
    }), { numRuns: 100 });
  });

  it.each([
    ['a;b\n1,5;2\n', 'utf-8', ';'], ['a\tb\n1\t2\n', 'utf-8', '\t'], ['a|b\n1|2\n', 'utf-8', '|'], ['sep=;\na;b\n1;2\n', 'utf-8', ';'], ['"x, y",b\n1,2\n', 'utf-8', ','], ['only\n1\n', 'utf-8', ','],
  ])('finds the separator of %j', async (text, encoding, delimiter) => expect((await read(text)).shape.format).toEqual({ kind: 'csv', encoding, delimiter }));

  it.each([
    ['utf-8', Buffer.from('name,x\nMüller,1\n')], ['utf-8', Buffer.from('\uFEFFname,x\nMüller,1\n')], ['utf-16le', Buffer.from('\uFEFFname,x\nMüller,1\n', 'utf16le')],
    ['windows-1252', Buffer.from('name,x\nMüller,1\n', 'latin1')], ['utf-16be', Buffer.from('\uFEFFname,x\nMüller,1\n', 'utf16le').swap16()],
  ])('finds the encoding: %s', async (encoding, bytes) => {
    const { shape, rows } = await read(bytes);
    expect([shape.format.encoding, shape.columns, rows[0]!.cells]).toEqual([encoding, ['name', 'x'], ['Müller', '1']]);
  });

  it('looks for a telling character to the end of the file', async () => {
    const { shape, rows } = await read(Buffer.concat([Buffer.from(`name\n${'Miller\n'.repeat(20_000)}`), Buffer.from('Müller\n', 'latin1')]), 65_536);
    expect([shape.format.encoding, rows.at(-1)!.cells]).toEqual(['windows-1252', ['Müller']]);
  });
});

describe('files', () => {
  it('are unpacked, and say when they are not whole', async () => {
    const packed = gzipSync(`a,b\n${'1,2\n'.repeat(1000)}`);
    expect((await read(packed, 100)).rows).toHaveLength(1000);
    await expect(read(packed.subarray(0, packed.length - 20), 100)).rejects.toThrow(BrokenFile);
    await expect(read(gzipSync(Buffer.alloc(72 * 1024 * 1024)), 8_192)).rejects.toThrow('for each byte');
  });

  it('show their beginning before they are whole, packed too', async () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => `{"a":${i},"b":"${(i * 7919) % 4999}"}`).join('\n'))).subarray(0, 300);
    const shape = await shapeOf(() => cut(packed, 100), given, true);
    if ('code' in shape) throw new Error(shape.detail);
    expect(shape.columns).toEqual(['a', 'b']);
    const rows: FileRow[] = [];
    for await (const block of rowsOf(cut(packed, 100), shape.format, { flat: true, cut: true })) rows.push(...block);
    expect({ ...rows[1]!.cells }).toEqual({ a: 1, b: '2920' });
  });

  it('of NDJSON have a row per line and names for nested values', async () => {
    const { shape, rows } = await read('{"a":{"b":1},"c":[1,2]}\n\n[1]\n{"a"\n{"c":null,"__proto__":{"x":1}}');
    expect(shape.columns).toEqual(['a.b', 'c', '__proto__.x']);
    expect(rows.map(({ row, cells, problem }) => problem ?? [row, { ...cells }])).toEqual([[1, { 'a.b': 1, c: [1, 2] }], 'is no JSON object', 'is no JSON', [5, { c: null, '__proto__.x': 1 }]]);
  });

  it.each([['PK\x03\x04xx', 'spreadsheet'], ['[{"a":1}]', 'NDJSON'], ['', 'empty'], ['a,b\n\0\0', 'binary'], ['a,a\n1,2\n', 'twice'], ['\n\n', 'no rows']])('that cannot be read say why: %j', async (text, what) => {
    await expect(read(text)).rejects.toThrow(what);
  });
});
