package countersign.view.projections;

import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.cfg.Configuration;
import org.hibernate.reactive.mutiny.Mutiny;
import org.hibernate.reactive.provider.ReactiveServiceRegistryBuilder;
import org.hibernate.reactive.vertx.VertxInstance;

/** A real PostgreSQL with the read models' tables, and Hibernate Reactive logged in as the view. */
public final class TestDatabase implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private final Vertx vertx = Vertx.vertx();
  private final SessionFactory factory;

  public TestDatabase(Class<?>... entities) throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    execute("CREATE ROLE countersign_view LOGIN PASSWORD 'for-this-test'");
    for (String file :
        List.of(
            "V1__read_models.sql",
            "V2__no_fsync_of_its_own.sql",
            "V3__sealed_words.sql",
            "V4__context_of_approvals.sql")) {
      try (InputStream sql = TestDatabase.class.getResourceAsStream("/db/migration/view/" + file)) {
        execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    Configuration configuration = new Configuration();
    configuration.addAnnotatedClass(TokenRow.class);
    List.of(entities).forEach(configuration::addAnnotatedClass);
    configuration.setProperty(
        "jakarta.persistence.jdbc.url",
        "postgresql://localhost:" + postgres.getPort() + "/postgres");
    configuration.setProperty("jakarta.persistence.jdbc.user", "countersign_view");
    configuration.setProperty("jakarta.persistence.jdbc.password", "for-this-test");
    configuration.setProperty("hibernate.connection.pool_size", "10");
    StandardServiceRegistry registry =
        new ReactiveServiceRegistryBuilder()
            .addService(VertxInstance.class, (VertxInstance) () -> vertx)
            .applySettings(configuration.getProperties())
            .build();
    factory = configuration.buildSessionFactory(registry);
  }

  public Vertx vertx() {
    return vertx;
  }

  public Mutiny.SessionFactory factory() {
    return factory.unwrap(Mutiny.SessionFactory.class);
  }

  /** Runs SQL as the owner, past everything under test. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Every row of every table of the read models, as text. */
  public String everything() throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("sessions", "operations", "approvals", "segments")) {
        try (var rows = statement.executeQuery("select t::text from view." + table + " t")) {
          while (rows.next()) {
            all.append(rows.getString(1)).append('\n');
          }
        }
      }
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    // Closes Vert.x as well: Hibernate Reactive stops the instance it was given.
    factory.close();
    postgres.close();
  }
}
