package city.citystreams.peers;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Settings of Kafka's own clients: OAUTHBEARER, as the router has it, then what was tuned. */
final class Clients {
  private Clients() {}

  static Properties connection(Job job) {
    Properties p = new Properties();
    p.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, job.brokers());
    p.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, job.securityProtocol());
    if (job.caFile() != null) {
      p.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      p.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, job.caFile());
    }
    p.put(SaslConfigs.SASL_MECHANISM, "OAUTHBEARER");
    p.put(SaslConfigs.SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, job.tokenEndpoint());
    p.put(
        SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
    p.put(
        SaslConfigs.SASL_JAAS_CONFIG,
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId=\""
            + job.clientId()
            + "\" clientSecret=\""
            + job.clientSecret()
            + "\";");
    return p;
  }

  /** Reads committed records from the beginning. */
  static Properties consumer(Job job) {
    Properties p = connection(job);
    p.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    p.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    p.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    p.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    p.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    tune(p, job.tuning(), "consumer.");
    return p;
  }

  static Properties producer(Job job) {
    Properties p = connection(job);
    p.put(ProducerConfig.ACKS_CONFIG, "all");
    p.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    p.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    tune(p, job.tuning(), "producer.");
    return p;
  }

  /** The settings whose names begin so, without that beginning. */
  private static void tune(Properties p, Map<String, String> tuning, String prefix) {
    tuning.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) p.put(name.substring(prefix.length()), value);
        });
  }
}
