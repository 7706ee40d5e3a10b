package countersign.app.start;

import countersign.app.identity.ReferencedSecrets;
import countersign.app.tls.EdgeCertificates;
import countersign.deciding.configuration.Configuration;
import countersign.deciding.configuration.ConfigurationFile;
import countersign.store.postgres.EmbeddedPostgres;
import countersign.store.sealing.MasterKey;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs {@code countersign start}: the real thing from one YAML file. */
public final class Start {
  private static final long LONGEST = 1 << 20;

  private final StartOptions options;
  private final PrintStream out;

  private Start(StartOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs from a configuration until told to stop.
   *
   * @param options what was asked for
   * @return exit code: 0 after a clean stop, 1 with words on stderr when it could not start
   */
  public static int run(StartOptions options) {
    return Launch.run(new Start(options, System.out)::prepare, System.err);
  }

  private Plan prepare(Stopping stopping) throws IOException {
    requireRole();
    Configuration configuration = read(options.config());
    Path wanted = options.data();
    DataDirectory data =
        DataDirectory.take(
            wanted == null
                ? Path.of(System.getProperty("user.home"), ".countersign", "data")
                : wanted);
    stopping.add("data directory", data);
    String bind = configuration.listen().bind();
    requireFreePorts(bind, configuration, data);
    StorePreparation store = store(configuration, data, stopping);
    String url = configuration.listen().publicUrl();
    String publicUrl = url.isEmpty() ? "http://localhost:" + Ports.HTTP : url;
    return new Plan(
        data.path(),
        configuration,
        store.settings(),
        new Plan.Address(bind, Ports.HTTP),
        new Plan.Address(bind, Ports.POSTGRES),
        0,
        publicUrl,
        certificates(configuration, data),
        null,
        stopping,
        () -> {
          out.println("Countersign is ready: " + publicUrl);
          out.flush();
        });
  }

  private void requireRole() {
    switch (options.role()) {
      case "all" -> {}
      case "edge", "control" ->
          throw new Failure(
              "--role: "
                  + options.role()
                  + " (edge and control apart come with release 0.4; expected: all)");
      default -> throw new Failure("--role: " + options.role() + " (expected: all)");
    }
  }

  static Configuration read(Path file) throws IOException {
    try {
      if (Files.size(file) > LONGEST) {
        throw new Failure("--config: " + file + " (expected: at most 1 MiB)");
      }
      return ConfigurationFile.read(file.toString(), Files.readString(file));
    } catch (CharacterCodingException _) {
      throw new Failure("--config: " + file + " (expected: UTF-8 text)");
    } catch (IOException _) {
      throw new Failure("--config: " + file + " (expected: a file that can be read)");
    }
  }

  private static StorePreparation store(
      Configuration configuration, DataDirectory data, Stopping stopping) throws IOException {
    Configuration.Store store = configuration.store();
    MasterKey.Source master =
        MasterKeys.source(configuration, System.getenv(), data.secret("secrets"));
    if (store == null) {
      return StorePreparation.embedded(data, Ports.STORE, master, stopping);
    }
    char[] password =
        new ReferencedSecrets(
                configuration::secrets,
                System.getenv(),
                data.secret("secrets"),
                MasterKeys.secrets(data.secret(StorePreparation.KEYS), master))
            .resolve(store.password());
    try {
      return StorePreparation.external(store, password.clone(), data, master);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static EdgeCertificates.Pem certificates(Configuration configuration, DataDirectory data)
      throws IOException {
    Configuration.Tls own = configuration.listen().tls();
    if (own == null) {
      return new EdgeCertificates(data.path().resolve("tls"), Clock.systemUTC()).ensure();
    }
    for (String file : new String[] {own.cert(), own.key()}) {
      if (!Files.isReadable(Path.of(file))) {
        throw new Failure("listen.tls: " + file + " (expected: a PEM file that can be read)");
      }
    }
    return new EdgeCertificates.Pem(Path.of(own.cert()), Path.of(own.cert()), Path.of(own.key()));
  }

  private static void requireFreePorts(String bind, Configuration configuration, DataDirectory data)
      throws IOException {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("web UI and API", Ports.HTTP);
    ports.put("PostgreSQL edge", Ports.POSTGRES);
    configuration.targets().stream()
        .filter(target -> target.listen() > 0)
        .forEach(target -> ports.put("target " + target.name(), target.listen()));
    Ports.requireFree(bind, ports, "");
    if (configuration.store() == null) {
      EmbeddedPostgres.endLeftover(data.path().resolve("store"));
      Ports.requireFree("127.0.0.1", Map.of("store", Ports.STORE), "");
    }
  }
}
