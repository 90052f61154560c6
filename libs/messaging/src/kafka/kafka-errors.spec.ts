import { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { Fatal, Transient } from '../errors.js';
import { lostMembership, translated } from './kafka-errors.js';

const protocol = (type: string, retriable: boolean) => new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable, name: '' }));
const exceeded = (cause: Error) => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 100 });

describe('errors of kafkajs', () => {
  it.each([
    { error: protocol('MESSAGE_TOO_LARGE', false), expected: Fatal },
    { error: new Error('gave up', { cause: protocol('TOPIC_AUTHORIZATION_FAILED', false) }), expected: Fatal },
    { error: exceeded(protocol('NOT_ENOUGH_REPLICAS', true)), expected: Transient },
    { error: exceeded(new Error('connect ECONNREFUSED')), expected: Transient },
    { error: new Fatal('as it is'), expected: Fatal },
  ])('$error.message is $expected.name', ({ error, expected }) => {
    expect(translated(error, 'append')).toBeInstanceOf(expected);
  });

  it('knows when a member lost its place', () => {
    expect(lostMembership(exceeded(protocol('ILLEGAL_GENERATION', false)))).toBe(true);
    expect(lostMembership(new Error('socket hang up'))).toBe(false);
  });
});
