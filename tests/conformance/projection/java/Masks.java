import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;

/** What a view shows of a value. Which fields are kept, the view's schema says; how they are shown, the masks. */
class Masks {
  final JsonNode masks;
  final List<String> listed = new ArrayList<>();
  final byte[] secret;
  final int generation;

  Masks(JsonNode of) {
    this.masks = of.get("masks");
    of.get("fields").forEach((field) -> listed.add(field.asText()));
    this.secret = HexFormat.of().parseHex(of.get("secret").asText());
    this.generation = of.get("generation").asInt();
  }

  /**
   * `paths`: of this record, its own first; then those of the records around it that it is treated like. A record within
   * itself is treated like the outer one, unless the view lists fields of the inner one, or of one that the inner one
   * is treated like.
   */
  Object record(GenericRecord from, Schema view, List<String> paths, Map<String, List<String>> around) throws Exception {
    String name = from.getSchema().getFullName();
    Set<String> all = new LinkedHashSet<>(paths);
    if (paths.stream().allMatch(this::isListed)) all.addAll(around.getOrDefault(name, List.of()));
    List<String> treated = new ArrayList<>(all);
    Map<String, List<String>> inner = new HashMap<>(around);
    inner.put(name, treated);
    GenericRecord shown = new GenericData.Record(view);
    for (Schema.Field field : view.getFields()) {
      Schema.Field source = from.getSchema().getField(field.name());
      List<String> below = treated.stream().map((path) -> path.isEmpty() ? field.name() : path + "." + field.name()).toList();
      JsonNode mask = below.stream().filter(masks::has).map(masks::get).filter((m) -> !m.get("kind").asText().equals("keep")).findFirst().orElse(null);
      Object value = from.get(source.pos());
      shown.put(field.pos(), mask == null ? kept(value, source.schema(), field.schema(), below, inner) : masked(value, source.schema(), field.schema(), mask));
    }
    return shown;
  }

  boolean isListed(String path) {
    return path.isEmpty() || listed.stream().anyMatch((field) -> path.equals(field) || path.startsWith(field + "."));
  }

  Object kept(Object value, Schema type, Schema view, List<String> paths, Map<String, List<String>> around) throws Exception {
    switch (type.getType()) {
      case RECORD:
        return record((GenericRecord) value, view, paths, around);
      case ARRAY: {
        List<Object> items = new ArrayList<>();
        for (Object item : (List<?>) value) items.add(kept(item, type.getElementType(), view.getElementType(), paths, around));
        return items;
      }
      case MAP: {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet())
          entries.put(entry.getKey(), kept(entry.getValue(), type.getValueType(), view.getValueType(), paths, around));
        return entries;
      }
      case UNION: {
        int branch = GenericData.get().resolveUnion(type, value);
        return kept(value, type.getTypes().get(branch), view.getTypes().get(branch), paths, around);
      }
      default:
        return value;
    }
  }

  Object masked(Object value, Schema type, Schema view, JsonNode mask) throws Exception {
    String kind = mask.get("kind").asText();
    if (kind.equals("null")) return null;
    if (type.getType() == Schema.Type.UNION) {
      Schema only = type.getTypes().stream().filter((branch) -> branch.getType() != Schema.Type.NULL).findFirst().orElseThrow();
      Schema shown = view.isUnion() ? view.getTypes().get(type.getTypes().indexOf(only)) : view;
      return value == null && !kind.equals("constant") ? null : masked(value, only, shown, mask);
    }
    if (type.getType() == Schema.Type.ARRAY) {
      List<Object> items = new ArrayList<>();
      for (Object item : (List<?>) value) items.add(masked(item, type.getElementType(), view.getElementType(), mask));
      return items;
    }
    switch (kind) {
      case "constant":
        return constant(mask.get("value"), type, view);
      case "truncate":
        return truncated(value, type, mask.get("to"));
      case "generalise":
        if (mask.get("to").get("by").asText().equals("step")) return down(value, mask.get("to").get("step").doubleValue());
        JsonNode group = mask.get("to").get("groups").get(value.toString());
        return (group == null ? mask.get("to").get("otherwise") : group).asText();
      case "partial": {
        int[] text = value.toString().codePoints().toArray();
        int first = mask.get("first").asInt();
        int last = mask.get("last").asInt();
        if (text.length <= first + last) return "***";
        return new String(text, 0, first) + "***" + new String(text, text.length - last, last);
      }
      default:
        return pseudonym(value, mask);
    }
  }

  static Object constant(JsonNode value, Schema type, Schema view) {
    switch (type.getType()) {
      case INT:
        return value.asInt();
      case LONG:
        return Long.parseLong(value.asText());
      case FLOAT:
        return (float) value.doubleValue();
      case DOUBLE:
        return value.doubleValue();
      case BOOLEAN:
        return value.asBoolean();
      case ENUM:
        return new GenericData.EnumSymbol(view, value.asText());
      default:
        return value.asText();
    }
  }

  static Object truncated(Object value, Schema type, JsonNode to) {
    switch (to.get("unit").asText()) {
      case "characters": {
        int[] text = value.toString().codePoints().limit(to.get("count").asInt()).toArray();
        return new String(text, 0, text.length);
      }
      case "degrees":
        return down(value, to.get("size").doubleValue());
      case "metres": {
        boolean north = to.get("axis").asText().equals("latitude");
        double degree = north ? 110_574 : 111_320 * StrictMath.cos(to.get("latitude").doubleValue() * Math.PI / 180);
        return down(value, to.get("size").doubleValue() / degree);
      }
      default: {
        String logical = type.getProp("logicalType");
        if (logical.equals("date")) return value;
        long perMs = logical.endsWith("nanos") ? 1_000_000 : logical.endsWith("micros") ? 1_000 : 1;
        long hours = to.get("unit").asText().equals("day") ? 24 : 1;
        boolean instant = logical.startsWith("timestamp-");
        long offset = instant && to.has("utcOffsetMinutes") ? to.get("utcOffsetMinutes").asLong() * 60_000 * perMs : 0;
        return floor(value, BigInteger.valueOf(hours * 3_600_000 * perMs), BigInteger.valueOf(offset));
      }
    }
  }

  static Object down(Object value, double step) {
    if (value instanceof Float number) return (float) (Math.floor(number / step) * step);
    if (value instanceof Double number) return Math.floor(number / step) * step;
    return floor(value, new BigDecimal(step).toBigIntegerExact(), BigInteger.ZERO);
  }

  static Object floor(Object value, BigInteger size, BigInteger offset) {
    BigInteger exact = BigInteger.valueOf(((Number) value).longValue());
    BigInteger floor = exact.subtract(exact.add(offset).mod(size));
    boolean isInt = value instanceof Integer;
    BigInteger least = BigInteger.valueOf(isInt ? Integer.MIN_VALUE : Long.MIN_VALUE);
    BigInteger shown = floor.max(least);
    if (isInt) return shown.intValueExact();
    return shown.longValueExact();
  }

  String pseudonym(Object value, JsonNode mask) throws Exception {
    JsonNode scope = mask.get("key");
    String per = scope.get("per").asText();
    String info = "citystreams mask " + per + " " + scope.get(per).asText() + " generation " + generation;
    byte[] extracted = hmac(new byte[32], secret);
    byte[] key = hmac(extracted, (info + "\u0001").getBytes(StandardCharsets.UTF_8));
    byte[] hash = hmac(key, bytesOf(value));
    if (mask.get("text").asText().equals("hex")) return HexFormat.of().formatHex(hash);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  static byte[] bytesOf(Object value) {
    if (value instanceof GenericFixed fixed) return fixed.bytes();
    if (!(value instanceof ByteBuffer buffer)) return value.toString().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
