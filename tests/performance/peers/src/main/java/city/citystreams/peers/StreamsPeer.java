package city.citystreams.peers;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * The views as a Kafka Streams application: decoded once, headers cut down once, then one branch for each view. Keys
 * stay as they are in every view of the comparison, so the default partitioner finds the source's partition.
 */
final class StreamsPeer {
  private StreamsPeer() {}

  static void run(Job job) throws InterruptedException {
    KafkaStreams streams = new KafkaStreams(topology(job), settings(job));
    CountDownLatch ended = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          ended.countDown();
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    // Without leaving the group a restart would wait for the session to run out.
    CloseOptions leaving =
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(Duration.ofSeconds(10));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(leaving)));
    streams.start();
    ended.await();
    System.exit(1);
  }

  private static Topology topology(Job job) {
    StreamsBuilder builder = new StreamsBuilder();
    Serde<GenericRecord> events = serde(job.sourceSchemaId(), job.sourceSchema());
    KStream<String, GenericRecord> source =
        builder.stream(job.source(), Consumed.with(Serdes.String(), events)).processValues(CutHeaders::new);
    for (Job.View view : job.views()) {
      source
          .processValues(() -> new Show(new ViewMapper(view, job.sourceSchema())))
          .to(view.topic(), Produced.with(Serdes.String(), serde(view.schemaId(), view.schema())));
    }
    return builder.build();
  }

  private static final class CutHeaders
      extends ContextualFixedKeyProcessor<String, GenericRecord, GenericRecord> {
    @Override
    public void process(FixedKeyRecord<String, GenericRecord> record) {
      context().forward(record.withHeaders(AllowedHeaders.of(record.headers())));
    }
  }

  private static final class Show extends ContextualFixedKeyProcessor<String, GenericRecord, GenericRecord> {
    private final ViewMapper mapper;

    Show(ViewMapper mapper) {
      this.mapper = mapper;
    }

    @Override
    public void process(FixedKeyRecord<String, GenericRecord> record) {
      GenericRecord shown = mapper.map(record.value());
      if (shown != null) context().forward(record.withValue(shown));
    }
  }

  /** One serde is shared by all stream threads, so each has its own frames. */
  private static Serde<GenericRecord> serde(int schemaId, Schema schema) {
    ThreadLocal<Frames> frames = ThreadLocal.withInitial(() -> new Frames(schemaId, schema));
    Serializer<GenericRecord> serializer = (topic, record) -> frames.get().encode(record);
    Deserializer<GenericRecord> deserializer = (topic, bytes) -> frames.get().decode(bytes);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private static Properties settings(Job job) {
    Properties p = Clients.connection(job);
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, job.group());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, job.commitMs());
    p.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir") + "/" + job.group());
    p.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    p.putAll(job.tuning());
    return p;
  }
}
