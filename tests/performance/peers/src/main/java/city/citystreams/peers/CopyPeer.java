package city.citystreams.peers;

import org.apache.kafka.clients.producer.ProducerRecord;

/** Records as they are, undecoded, into the first view's topic: the floor for anything built on Kafka's own clients. */
final class CopyPeer {
  private CopyPeer() {}

  static void run(Job job) {
    String topic = job.views().get(0).topic();
    TransactionalLoop.run(
        job,
        (record, out) ->
            out.send(
                new ProducerRecord<>(
                    topic, record.partition(), record.timestamp(), record.key(), record.value(), record.headers())));
  }
}
