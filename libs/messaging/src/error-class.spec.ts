import { PoisonRecord } from './batch-consumer.js';
import { errorClass } from './error-class.js';
import { Fatal, Transient } from './errors.js';

const sql = (code: string): Error => Object.assign(new Error('database'), { code });

describe('errorClass', () => {
  it.each([
    ['the log or database is away', new Transient('away'), 'transient'],
    ['a deadlock', sql('40P01'), 'transient'],
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'transient'],
    ['wrapped by TypeORM', Object.assign(new Error('QueryFailedError'), { driverError: sql('57P01') }), 'transient'],
    ['a record named by its handler', new PoisonRecord('odd', 'no', { partition: 0, offset: 0n }), 'poison'],
    ['somebody has to act', new Fatal('act'), 'fatal'],
    ['a missing table is no record\'s fault', sql('42P01'), 'fatal'],
    ['also inside TypeORM\'s error', Object.assign(new Error('QueryFailedError'), { driverError: sql('42703') }), 'fatal'],
    ['a value that the database refuses', sql('22003'), 'unknown'],
    ['a bug', new TypeError('x is undefined'), 'unknown'],
    ['no error at all', 'text', 'unknown'],
  ])('%s', (_case, error, expected) => {
    expect(errorClass(error)).toBe(expected);
  });
});
