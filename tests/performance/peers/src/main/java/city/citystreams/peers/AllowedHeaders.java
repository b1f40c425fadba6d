package city.citystreams.peers;

import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** What a view shows of a record's headers: the CloudEvents attributes, in the source's order. */
final class AllowedHeaders {
  private static final Set<String> ALLOWED =
      Set.of("ce_specversion", "ce_type", "ce_source", "ce_id", "ce_time", "content-type");

  private AllowedHeaders() {}

  static Headers of(Headers source) {
    RecordHeaders kept = new RecordHeaders();
    for (Header header : source) if (ALLOWED.contains(header.key())) kept.add(header);
    return kept;
  }
}
