package countersign.view.projections;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import countersign.approval.Context;
import countersign.view.ApprovalView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists that live inside a row as JSON. */
public final class Lists {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
  private static final TypeReference<List<@Nullable String>> BINDS = new TypeReference<>() {};
  private static final TypeReference<List<ApprovalView.Answer>> ANSWERS = new TypeReference<>() {};

  private static final TypeReference<List<Context>> CONTEXT = new TypeReference<>() {};

  private Lists() {}

  /** Writes a list. */
  public static String write(List<?> list) {
    try {
      return JSON.writeValueAsString(list);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of strings and records is always JSON", e);
    }
  }

  /** Reads bind values. */
  public static List<@Nullable String> binds(String json) {
    return read(json, BINDS);
  }

  /** Reads the one context of a list; nothing of an empty text. */
  public static Context context(String json) {
    return json.isEmpty() ? Context.NONE : read(json, CONTEXT).getFirst();
  }

  /** Reads answers. */
  public static List<ApprovalView.Answer> answers(String json) {
    return read(json, ANSWERS);
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row holds a list that this release did not write", e);
    }
  }
}
