import { describe, expect, test } from '@jest/globals';
import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError } from '@platformatic/kafka';
import { asKafkaFailure, failureOfCode, handlerFailure, KafkaFailure } from './failure.js';

describe('a Kafka failure', () => {
  test('keeps the reason that is buried under a chain of connection errors', () => {
    const refused = new KafkaFailure('TOKEN_REFUSED', 'The broker refused the token: invalid_token');
    const buried = new MultipleErrors('Cannot connect to any broker.', [
      new NetworkError('Connection failed.', { cause: new AuthenticationError('SASL failed.', { cause: refused }) }),
    ]);
    expect(asKafkaFailure(buried)).toBe(refused);
  });

  test.each([
    [29, 'NOT_AUTHORIZED', false],
    [53, 'NOT_AUTHORIZED', false],
    [90, 'FENCED', false],
    [1, 'OFFSET_OUT_OF_RANGE', false],
    [3, 'UNKNOWN_TOPIC', true],
    [100, 'UNKNOWN_TOPIC', true],
    [10, 'TOO_LARGE', false],
    [6, 'UNREACHABLE', true],
    [56, 'UNREACHABLE', true],
    [44, 'OTHER', false],
  ])('of error code %d is %s', (errorCode, code, retriable) => {
    expect(failureOfCode(errorCode, 'x')).toMatchObject({ code, retriable });
    expect(asKafkaFailure(new ProtocolError(errorCode))).toMatchObject({ code, retriable });
  });

  test('names what it is about', () => {
    expect(failureOfCode(29, 'a.b-3', { topic: 'a.b', partition: 3 })).toMatchObject({
      message: 'a.b-3: TOPIC_AUTHORIZATION_FAILED',
      kafkaError: 'TOPIC_AUTHORIZATION_FAILED',
      topic: 'a.b',
      partition: 3,
    });
  });

  test('of a refused connection is unreachable and worth another attempt', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(asKafkaFailure(new NetworkError('no', { cause: refused }))).toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
    });
  });

  test('reads the errors of kafkajs too', () => {
    const error = Object.assign(new Error('Not authorized'), { type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false });
    expect(asKafkaFailure(error).code).toBe('NOT_AUTHORIZED');
  });

  test('of a handler is not taken for the Kafka error that the handler met', () => {
    const inside = new KafkaFailure('FENCED', 'somebody else');
    expect(asKafkaFailure(handlerFailure(inside))).toMatchObject({ code: 'OTHER', cause: inside });
  });
});
