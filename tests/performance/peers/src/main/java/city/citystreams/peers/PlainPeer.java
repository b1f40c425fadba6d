package city.citystreams.peers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** The views by hand: a consumer, GenericRecord, a transactional producer. */
final class PlainPeer {
  private record Target(String topic, ViewMapper mapper, Frames frames) {}

  private PlainPeer() {}

  static void run(Job job) {
    Frames source = new Frames(job.sourceSchemaId(), job.sourceSchema());
    List<Target> targets = new ArrayList<>();
    for (Job.View view : job.views()) {
      targets.add(
          new Target(
              view.topic(), new ViewMapper(view, job.sourceSchema()), new Frames(view.schemaId(), view.schema())));
    }
    int keyField = job.sourceSchema().getField("orderId").pos();
    TransactionalLoop.run(
        job,
        (record, out) -> {
          GenericRecord event = source.decode(record.value());
          byte[] key = event.get(keyField).toString().getBytes(StandardCharsets.UTF_8);
          Headers headers = AllowedHeaders.of(record.headers());
          for (Target target : targets) {
            GenericRecord shown = target.mapper().map(event);
            if (shown == null) continue;
            byte[] value = target.frames().encode(shown);
            out.send(
                new ProducerRecord<>(
                    target.topic(), record.partition(), record.timestamp(), key, value, headers));
          }
        });
  }
}
