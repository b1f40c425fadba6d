import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Row predicates over decoded events. */
class Predicates {
  final JsonNode absent;

  Predicates(JsonNode absent) {
    this.absent = absent;
  }

  boolean test(JsonNode p, GenericRecord event) throws NoSuchFieldException {
    String op = p.get("op").asText();
    switch (op) {
      case "and":
        for (JsonNode of : p.get("of")) if (!test(of, event)) return false;
        return true;
      case "or":
        for (JsonNode of : p.get("of")) if (test(of, event)) return true;
        return false;
      case "not":
        return !test(p.get("of"), event);
      default:
    }
    Object value = read(event, p.get("field").asText());
    if (op.equals("isNull")) return value == null;
    if (value == null) return false;
    if (op.equals("startsWith")) return value instanceof String text && text.startsWith(p.get("prefix").asText());
    if (op.equals("in")) {
      for (JsonNode literal : p.get("values")) if (Integer.valueOf(0).equals(compare(value, literal))) return true;
      return false;
    }
    Integer order = compare(value, p.get("value"));
    switch (op) {
      case "eq":
        return order != null && order == 0;
      case "ne":
        return order == null || order != 0;
      case "lt":
        return order != null && order < 0;
      case "le":
        return order != null && order <= 0;
      case "gt":
        return order != null && order > 0;
      default:
        return order != null && order >= 0;
    }
  }

  Object read(GenericRecord event, String path) throws NoSuchFieldException {
    Object at = event;
    String[] names = path.split("\\.");
    for (int i = 0; i < names.length; i++) {
      if (at == null) return null;
      if (!(at instanceof GenericRecord record) || !record.hasField(names[i])) return missing(names, i);
      at = record.get(names[i]);
    }
    if (at instanceof GenericData.EnumSymbol || at instanceof CharSequence) return at.toString();
    return at;
  }

  /** Of a field that the writer lacks: what its default says. */
  Object missing(String[] names, int depth) throws NoSuchFieldException {
    JsonNode at = absent.get(String.join(".", List.of(names).subList(0, depth + 1)));
    for (int i = depth + 1; i < names.length && at != null && !at.isNull(); i++) at = at.get(names[i]);
    if (at == null) at = absent.get(String.join(".", names));
    if (at == null) throw new NoSuchFieldException();
    return at.isNull() ? null : at.isTextual() ? at.asText() : at.isBoolean() ? (Object) at.asBoolean() : (Object) at.doubleValue();
  }

  /** null: not comparable. */
  static Integer compare(Object value, JsonNode literal) {
    if (value instanceof String text) return literal.isTextual() ? text.compareTo(literal.asText()) : null;
    if (value instanceof Boolean truth) return literal.isBoolean() ? truth.compareTo(literal.asBoolean()) : null;
    if (!(value instanceof Number number)) return null;
    double rough = number.doubleValue();
    if (Double.isNaN(rough)) return null;
    BigDecimal other = literal.isTextual() ? new BigDecimal(literal.asText()) : new BigDecimal(literal.doubleValue());
    if (Double.isInfinite(rough)) return rough > 0 ? 1 : -1;
    boolean whole = value instanceof Long || value instanceof Integer;
    return (whole ? BigDecimal.valueOf(number.longValue()) : new BigDecimal(rough)).compareTo(other);
  }
}
