package city.citystreams.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.avro.util.Utf8;

/** The masks that the views of the comparison use, on values as GenericRecord holds them. Null stays null. */
final class Masks {
  private static final long HOUR_MS = 3_600_000;
  private static final long DAY_MS = 24 * HOUR_MS;

  private Masks() {}

  static UnaryOperator<Object> compile(JsonNode mask, byte[] key) {
    UnaryOperator<Object> shown =
        switch (mask.get("kind").asText()) {
          case "keep" -> UnaryOperator.identity();
          case "truncate" -> truncate(mask.get("to"));
          case "partial" -> partial(mask.get("first").asInt(), mask.get("last").asInt());
          case "pseudonym" -> pseudonym(mask.get("text").asText(), key);
          default -> throw new IllegalArgumentException("not in this comparison: mask " + mask.get("kind"));
        };
    return value -> value == null ? null : shown.apply(value);
  }

  private static UnaryOperator<Object> truncate(JsonNode to) {
    switch (to.get("unit").asText()) {
      case "characters" -> {
        int count = to.get("count").asInt();
        return value -> {
          String text = value.toString();
          if (text.length() <= count || text.codePointCount(0, text.length()) <= count) return value;
          return text.substring(0, text.offsetByCodePoints(0, count));
        };
      }
      case "hour", "day" -> {
        long unit = to.get("unit").asText().equals("hour") ? HOUR_MS : DAY_MS;
        long ahead = to.path("utcOffsetMinutes").asLong(0) * 60_000;
        return value -> {
          long at = (Long) value + ahead;
          return at - Math.floorMod(at, unit) - ahead;
        };
      }
      default -> throw new IllegalArgumentException("not in this comparison: " + to);
    }
  }

  private static UnaryOperator<Object> partial(int first, int last) {
    return value -> {
      String text = value.toString();
      int length = text.codePointCount(0, text.length());
      if (length <= first + last) return "***";
      return text.substring(0, text.offsetByCodePoints(0, first))
          + "***"
          + text.substring(text.offsetByCodePoints(text.length(), -last));
    };
  }

  private static UnaryOperator<Object> pseudonym(String form, byte[] key) {
    Mac mac;
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    boolean hex = form.equals("hex");
    return value -> {
      if (value instanceof Utf8 text) mac.update(text.getBytes(), 0, text.getByteLength());
      else mac.update(value.toString().getBytes(StandardCharsets.UTF_8));
      byte[] sum = mac.doFinal();
      return hex ? HexFormat.of().formatHex(sum) : Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
    };
  }
}
