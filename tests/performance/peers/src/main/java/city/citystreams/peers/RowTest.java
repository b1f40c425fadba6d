package city.citystreams.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** The predicate tree of the contracts, compiled once: a comparison with null is false. */
final class RowTest {
  private RowTest() {}

  static Predicate<GenericRecord> compile(JsonNode tree, Schema schema) {
    String op = tree.get("op").asText();
    switch (op) {
      case "and", "or" -> {
        List<Predicate<GenericRecord>> terms = new ArrayList<>();
        for (JsonNode term : tree.get("of")) terms.add(compile(term, schema));
        return op.equals("and")
            ? terms.stream().reduce(Predicate::and).orElseThrow()
            : terms.stream().reduce(Predicate::or).orElseThrow();
      }
      case "not" -> {
        return compile(tree.get("of"), schema).negate();
      }
      default -> {
        Schema.Field field = schema.getField(tree.get("field").asText());
        return leaf(op, tree, field);
      }
    }
  }

  private static Predicate<GenericRecord> leaf(String op, JsonNode tree, Schema.Field field) {
    int at = field.pos();
    switch (op) {
      case "isNull" -> {
        return event -> event.get(at) == null;
      }
      case "startsWith" -> {
        String prefix = tree.get("prefix").asText();
        return event -> event.get(at) != null && event.get(at).toString().startsWith(prefix);
      }
      case "in" -> {
        if (isText(field.schema())) {
          Set<String> texts = new HashSet<>();
          for (JsonNode value : tree.get("values")) texts.add(value.asText());
          return event -> event.get(at) != null && texts.contains(event.get(at).toString());
        }
        Set<Double> numbers = new HashSet<>();
        for (JsonNode value : tree.get("values")) numbers.add(value.asDouble());
        return event -> event.get(at) != null && numbers.contains(((Number) event.get(at)).doubleValue());
      }
      default -> {
        IntPredicate wanted = comparison(op);
        if (isText(field.schema())) {
          String text = tree.get("value").asText();
          return event -> event.get(at) != null && wanted.test(event.get(at).toString().compareTo(text));
        }
        double number = tree.get("value").asDouble();
        return event ->
            event.get(at) != null && wanted.test(Double.compare(((Number) event.get(at)).doubleValue(), number));
      }
    }
  }

  private static IntPredicate comparison(String op) {
    return switch (op) {
      case "eq" -> c -> c == 0;
      case "ne" -> c -> c != 0;
      case "lt" -> c -> c < 0;
      case "le" -> c -> c <= 0;
      case "gt" -> c -> c > 0;
      case "ge" -> c -> c >= 0;
      default -> throw new IllegalArgumentException("no such comparison: " + op);
    };
  }

  private static boolean isText(Schema schema) {
    return switch (schema.getType()) {
      case STRING, ENUM -> true;
      case UNION -> schema.getTypes().stream().anyMatch(RowTest::isText);
      default -> false;
    };
  }
}
