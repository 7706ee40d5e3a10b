package countersign.store.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.SessionEvent.MaskedFields;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionEvent.OperationDecided;
import countersign.session.SessionId;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what every operation brings component by component: the very JSON that reflection writes,
 * at a fraction of the time. Whoever adds a component to one of these records adds it here; a test
 * compares the two.
 */
final class OftenWritten {
  private OftenWritten() {}

  static SimpleModule module() {
    return new SimpleModule("often written")
        .addSerializer(OperationDecided.class, of(OftenWritten::decided))
        .addSerializer(OperationCompleted.class, of(OftenWritten::completed))
        .addSerializer(MaskingApplied.class, of(OftenWritten::masking))
        .addSerializer(Facts.class, of(OftenWritten::facts))
        .addSerializer(SessionId.class, of((id, out) -> out.writeString(id.toString())))
        .addSerializer(OperationId.class, of((id, out) -> out.writeString(id.toString())));
  }

  private interface Writing<T> {
    void write(T value, JsonGenerator out) throws IOException;
  }

  private static <T> JsonSerializer<T> of(Writing<T> writing) {
    return new JsonSerializer<>() {
      @Override
      public void serialize(T value, JsonGenerator out, SerializerProvider provider)
          throws IOException {
        writing.write(value, out);
      }
    };
  }

  private static void begin(SessionId session, OperationId operation, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("session", session.toString());
    out.writeStringField("operation", operation.toString());
  }

  private static void decided(OperationDecided event, JsonGenerator out) throws IOException {
    begin(event.session(), event.operation(), out);
    out.writeStringField("decision", event.decision().name());
    out.writeArrayFieldStart("effects");
    for (Effect effect : event.effects()) {
      out.writeString(effect.name());
    }
    out.writeEndArray();
    out.writeNumberField("dutiesAt", event.dutiesAt());
    out.writeStringField("digest", event.digest());
    out.writeStringField("approval", event.approval() == null ? null : event.approval().value());
    out.writeStringField("replaces", event.replaces() == null ? null : event.replaces().toString());
    out.writeBooleanField("byEdge", event.byEdge());
    out.writeStringField("text", event.text());
    texts(out, "binds", event.binds());
    out.writeFieldName("facts");
    facts(event.facts(), out);
    out.writeStringField("rule", event.rule());
    out.writeStringField("reason", event.reason());
    out.writeEndObject();
  }

  private static void completed(OperationCompleted event, JsonGenerator out) throws IOException {
    begin(event.session(), event.operation(), out);
    out.writeStringField("outcome", event.outcome());
    out.writeStringField("status", event.status());
    out.writeNumberField("rows", event.rows());
    out.writeNumberField("bytes", event.bytes());
    out.writeNumberField("micros", event.micros());
    out.writeStringField("tag", event.tag());
    out.writeEndObject();
  }

  private static void masking(MaskingApplied event, JsonGenerator out) throws IOException {
    begin(event.session(), event.operation(), out);
    out.writeArrayFieldStart("masked");
    for (MaskedFields fields : event.masked()) {
      out.writeStartObject();
      out.writeStringField("rule", fields.rule());
      out.writeStringField("column", fields.column());
      out.writeStringField("found", fields.found());
      out.writeStringField("method", fields.method());
      out.writeNumberField("fields", fields.fields());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void facts(Facts facts, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("grammar", facts.grammar());
    texts(out, "statements", facts.statements());
    texts(out, "relations", facts.relations());
    texts(out, "functions", facts.functions());
    texts(out, "everyRow", facts.everyRow());
    out.writeFieldName("rowsEstimated");
    if (facts.rowsEstimated() == null) {
      out.writeNull();
    } else {
      out.writeNumber(facts.rowsEstimated());
    }
    out.writeEndObject();
  }

  private static void texts(JsonGenerator out, String name, List<? extends @Nullable String> texts)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text); // null is written as null
    }
    out.writeEndArray();
  }
}
