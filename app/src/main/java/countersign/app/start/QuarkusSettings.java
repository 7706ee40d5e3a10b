package countersign.app.start;

import countersign.store.Migrations;
import countersign.store.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a plan means in Quarkus's words. */
final class QuarkusSettings {
  private QuarkusSettings() {}

  static Map<String, String> of(Plan plan) {
    Map<String, String> values = new HashMap<>();
    values.put("quarkus.http.host", plan.http().host());
    values.put("quarkus.http.port", Integer.toString(plan.http().port()));
    StoreSettings store = plan.store();
    values.put(
        "quarkus.datasource.reactive.url",
        "vertx-reactive:postgresql://%s:%d/%s"
            .formatted(host(store.host()), store.port(), store.database()));
    values.put("quarkus.datasource.username", Migrations.VIEW);
    values.put("quarkus.datasource.password", password(store));
    switch (store.tls()) {
      case off -> values.put("quarkus.datasource.reactive.postgresql.ssl-mode", "disable");
      case require -> {
        values.put("quarkus.datasource.reactive.postgresql.ssl-mode", "require");
        values.put("quarkus.datasource.reactive.trust-all", "true");
      }
      case verifyFull -> {
        values.put("quarkus.datasource.reactive.postgresql.ssl-mode", "verify-full");
        values.put("quarkus.datasource.reactive.hostname-verification-algorithm", "HTTPS");
      }
    }
    return values;
  }

  private static String host(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private static String password(StoreSettings store) {
    char[] password;
    try {
      password = Migrations.viewPassword(store);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return new String(password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
