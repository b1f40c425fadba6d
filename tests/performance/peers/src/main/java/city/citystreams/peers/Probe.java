package city.citystreams.peers;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;

/**
 * Publishes at a steady rate and reads the first view as its consumer does, in one process with one clock: from the call
 * of send until poll gave the committed record back. The first part is left out while everything gets warm.
 */
final class Probe {
  private Probe() {}

  static void run(Job job) throws Exception {
    long first = job.number("first", 0);
    int perSecond = (int) job.number("perSecond", 5_000);
    int warmUp = (int) job.number("warmUpSeconds", 10) * perSecond;
    int samples = (int) job.number("seconds", 12) * perSecond;
    int total = warmUp + samples;
    AtomicLongArray sentAt = new AtomicLongArray(total);
    long[] latency = new long[samples];
    Thread publisher = new Thread(() -> publish(job, first, total, perSecond, sentAt), "publisher");

    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.consumer(job))) {
      String topic = job.views().get(0).topic();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      publisher.start();
      long deadline = System.nanoTime() + (total / perSecond + 60) * 1_000_000_000L;
      for (int seen = 0; seen < total; ) {
        if (System.nanoTime() > deadline) throw new IllegalStateException("only " + seen + " of " + total + " came");
        var records = consumer.poll(Duration.ofMillis(100));
        long at = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          int n = (int) (OrderEvents.numberOf(record.headers().lastHeader("ce_id").value()) - first);
          if (n < 0 || n >= total) continue;
          seen++;
          if (n >= warmUp) latency[n - warmUp] = at - sentAt.get(n);
        }
      }
    }
    publisher.join();
    Arrays.sort(latency);
    System.out.printf(
        "{\"samples\":%d,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f}%n",
        samples, at(latency, 0.5), at(latency, 0.9), at(latency, 0.99), at(latency, 1));
  }

  /** Milliseconds. */
  private static double at(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))] / 1e6;
  }

  private static void publish(Job job, long first, int total, int perSecond, AtomicLongArray sentAt) {
    OrderEvents events = new OrderEvents(job);
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Clients.producer(job))) {
      producer.partitionsFor(job.source());
      long start = System.nanoTime();
      long between = 1_000_000_000L / perSecond;
      for (int n = 0; n < total; n++) {
        for (long due = start + n * between, wait; (wait = due - System.nanoTime()) > 0; ) LockSupport.parkNanos(wait);
        var record = events.record(first + n, System.currentTimeMillis());
        sentAt.set(n, System.nanoTime());
        producer.send(record);
      }
      producer.flush();
    }
  }
}
