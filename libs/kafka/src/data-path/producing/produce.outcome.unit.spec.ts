import { expect, test } from '@jest/globals';
import { judge } from './produce.outcome.js';

test.each([
  [0, 'done', undefined],
  [46, 'done', 'DUPLICATE_SEQUENCE_NUMBER'],
  [51, 'again', 'CONCURRENT_TRANSACTIONS'],
  [7, 'again', 'REQUEST_TIMED_OUT'],
  [19, 'again', 'NOT_ENOUGH_REPLICAS'],
  [20, 'again', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
  [6, 'moved', 'NOT_LEADER_OR_FOLLOWER'],
  [3, 'moved', 'UNKNOWN_TOPIC_OR_PARTITION'],
  [56, 'moved', 'KAFKA_STORAGE_ERROR'],
  [29, 'refused', 'TOPIC_AUTHORIZATION_FAILED'],
  [10, 'refused', 'MESSAGE_TOO_LARGE'],
  [32, 'refused', 'INVALID_TIMESTAMP'],
  [87, 'refused', 'INVALID_RECORD'],
  [45, 'over', 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [47, 'over', 'INVALID_PRODUCER_EPOCH'],
  [59, 'over', 'UNKNOWN_PRODUCER_ID'],
  [90, 'over', 'PRODUCER_FENCED'],
  [48, 'over', 'INVALID_TXN_STATE'],
  [53, 'over', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  [120, 'over', 'TRANSACTION_ABORTABLE'],
])('error %d from a partition means: %s', (errorCode, outcome, kafkaError) => {
  const judged = judge(errorCode, 'view.city.events', 3);
  expect(judged.outcome).toBe(outcome);
  expect(judged.failure?.kafkaError).toBe(kafkaError);
});

test.each([
  [6, 'view.city.events'],
  [19, 'view.city.events'],
  [29, 'view.city.events'],
  [51, undefined],
  [16, undefined],
])('error %d is the own of topic %s', (errorCode, topic) => {
  expect(judge(errorCode, 'view.city.events', 3).failure?.topic).toBe(topic);
});
