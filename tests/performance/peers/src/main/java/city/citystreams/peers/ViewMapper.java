package city.citystreams.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** What one view makes of an event: null when its predicate withholds it. For one thread. */
final class ViewMapper {
  private record Step(int from, UnaryOperator<Object> shown) {}

  private final Schema schema;
  private final Predicate<GenericRecord> test;
  private final List<Step> steps;

  ViewMapper(Job.View view, Schema source) {
    JsonNode definition = view.definition();
    this.schema = view.schema();
    this.test =
        definition.get("predicate").isNull() ? null : RowTest.compile(definition.get("predicate"), source);
    this.steps = steps(source, schema, "", definition.get("masks"), view.maskKey());
  }

  GenericRecord map(GenericRecord event) {
    return test != null && !test.test(event) ? null : project(event, schema, steps);
  }

  private static GenericRecord project(GenericRecord event, Schema schema, List<Step> steps) {
    GenericRecord shown = new GenericData.Record(schema);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      Object value = event.get(step.from());
      shown.put(i, step.shown() == null ? value : step.shown().apply(value));
    }
    return shown;
  }

  /** The view's own schema says which fields are kept; a record that keeps some of its fields is walked too. */
  private static List<Step> steps(Schema source, Schema target, String path, JsonNode masks, byte[] key) {
    List<Step> steps = new ArrayList<>();
    for (Schema.Field field : target.getFields()) {
      Schema.Field from = source.getField(field.name());
      JsonNode mask = masks.get(path + field.name());
      UnaryOperator<Object> shown = mask == null ? null : Masks.compile(mask, key);
      if (field.schema().getType() == Schema.Type.RECORD && !sameFields(from.schema(), field.schema())) {
        Schema inner = field.schema();
        List<Step> below = steps(from.schema(), inner, path + field.name() + ".", masks, key);
        shown = value -> project((GenericRecord) value, inner, below);
      }
      steps.add(new Step(from.pos(), shown));
    }
    return steps;
  }

  private static boolean sameFields(Schema a, Schema b) {
    return a.getFields().stream().map(Schema.Field::name).toList()
        .equals(b.getFields().stream().map(Schema.Field::name).toList());
  }
}
