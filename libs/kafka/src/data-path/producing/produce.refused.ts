import { KafkaFailure } from '../../failure.js';
import type { RefusedPartition } from '../data-path.js';

/**
 * Some partitions were refused for reasons of their own; what was sent to the others is unharmed. `code`, `topic` and
 * `partition` are those of the first. `abort()` makes the sender as new.
 */
export class ProduceRefused extends KafkaFailure {
  constructor(readonly refusals: readonly [RefusedPartition, ...RefusedPartition[]]) {
    const [{ code, topic, partition, kafkaError }] = refusals;
    const others = refusals.length === 1 ? '' : ` and ${refusals.length - 1} more`;
    super(code, `${topic}-${partition}${others} refused: ${kafkaError}`, { topic, partition, kafkaError });
    this.name = 'ProduceRefused';
  }
}
