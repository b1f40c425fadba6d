package city.citystreams.peers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Consume, transform, produce, exactly once: what a careful team writes by hand with Kafka's clients. */
final class TransactionalLoop {
  interface Out {
    void send(ProducerRecord<byte[], byte[]> record);
  }

  private TransactionalLoop() {}

  /** Calls {@code work} for each record, and commits what it sent with the positions every {@code commitMs}. */
  static void run(Job job, BiConsumer<ConsumerRecord<byte[], byte[]>, Out> work) {
    Stopping stopping = new Stopping();
    Properties in = Clients.consumer(job);
    in.put(ConsumerConfig.GROUP_ID_CONFIG, job.group());
    Properties out = Clients.producer(job);
    out.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, job.group());
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(in);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(out)) {
      producer.initTransactions();
      consumer.subscribe(List.of(job.source()));
      AtomicReference<Exception> failure = new AtomicReference<>();
      Out send = record -> producer.send(record, (sent, error) -> { if (error != null) failure.set(error); });
      Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
      boolean open = false;
      long openedAt = 0;
      while (!stopping.asked()) {
        long patience = open ? Math.max(0, job.commitMs() - (now() - openedAt)) : job.commitMs();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(patience));
        if (!records.isEmpty()) {
          if (!open) {
            producer.beginTransaction();
            open = true;
            openedAt = now();
          }
          for (ConsumerRecord<byte[], byte[]> record : records) work.accept(record, send);
          positions.putAll(records.nextOffsets());
        }
        if (!open || now() - openedAt < job.commitMs()) continue;
        producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
        producer.commitTransaction();
        if (failure.get() != null) throw new IllegalStateException(failure.get());
        positions.clear();
        open = false;
      }
    } finally {
      stopping.ended();
    }
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
