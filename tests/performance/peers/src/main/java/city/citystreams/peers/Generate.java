package city.citystreams.peers;

import org.apache.kafka.clients.producer.KafkaProducer;

/** Fills the source: events {@code first .. first + count - 1}, as an agency publishes them. */
final class Generate {
  private Generate() {}

  static void run(Job job) throws Exception {
    long first = job.number("first", 0);
    long count = job.number("count", 1_000_000);
    OrderEvents events = new OrderEvents(job);
    long bytes = 0;
    Exception[] failure = new Exception[1];
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Clients.producer(job))) {
      for (long n = first; n < first + count; n++) {
        var record = events.record(n, null);
        bytes += record.value().length;
        producer.send(record, (sent, error) -> { if (error != null) failure[0] = error; });
      }
      producer.flush();
    }
    if (failure[0] != null) throw failure[0];
    System.out.printf("{\"events\":%d,\"meanValueBytes\":%.1f}%n", count, (double) bytes / count);
  }
}
