package countersign.deciding.configuration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the YAML of a configuration file. */
public final class ConfigurationFile {
  private ConfigurationFile() {}

  /**
   * Reads a configuration.
   *
   * @param fileName name used in errors
   * @param yaml the file's text, at most 1 MiB in UTF-8
   * @return what it says
   * @throws ConfigurationErrors with every mistake found; nothing else is ever thrown
   */
  public static Configuration read(String fileName, String yaml) {
    Mistakes mistakes = new Mistakes(fileName);
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    Configuration read = null;
    if (bytes.length > YamlNodes.LIMIT) {
      mistakes.add(1, "the file has " + bytes.length + " bytes (expected: at most 1 MiB)");
    } else {
      Node root = YamlNodes.read(yaml, mistakes);
      if (root != null
          && new ShapeCheck(mistakes).check(Table.FILE, root, "") instanceof Part.Keys file) {
        read = configuration(fileName, bytes, file, mistakes);
      }
    }
    mistakes.failIfAny();
    if (read == null) {
      throw new ConfigurationErrors(List.of(fileName + ":1: cannot be read"));
    }
    return read;
  }

  /** Built also from a file with mistakes, so that all of them are found at once. */
  private static Configuration configuration(
      String fileName, byte[] bytes, Part.Keys file, Mistakes mistakes) {
    Set<String> secrets =
        file.texts("secrets").stream().map(Part.Text::value).collect(Collectors.toSet());
    DirectoryReading directory = new DirectoryReading(mistakes);
    References references = new References(secrets, mistakes);
    Configuration.Store store = store(file.keys("store"), references);
    Configuration.Keys keys = keys(file.keys("keys"), references);
    var targets = new TargetReading(mistakes, references).targets(file.each("targets"));
    return new Configuration(
        fileName,
        sha256(bytes),
        listen(file.keys("listen")),
        store,
        keys,
        directory.powers(file.keys("powers")),
        false,
        secrets,
        directory.providers(file.keys("identity")),
        directory.people(file.each("people")),
        directory.agents(file.each("agents")),
        targets,
        new DutyReading(mistakes, targetNames(file)).duties(file.each("duties")),
        witnesses(file.get("witnesses"), mistakes),
        new RetentionReading(mistakes).rules(file));
  }

  private static Set<String> targetNames(Part.Keys file) {
    return file.each("targets").stream()
        .map(target -> target.text("name", ""))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  private static List<Configuration.Witness> witnesses(
      @Nullable Part witnesses, Mistakes mistakes) {
    if (!(witnesses instanceof Part.Items items)) {
      return List.of();
    }
    Once once = new Once(mistakes, "a witness once");
    List<Configuration.Witness> read = new ArrayList<>();
    for (Part each : items.each()) {
      if (each instanceof Part.Text text) {
        read.add(new Configuration.Witness(withoutSlash(text.value()), ""));
      } else if (each instanceof Part.Keys keys) {
        read.add(
            new Configuration.Witness(withoutSlash(keys.text("url", "")), keys.text("key", "")));
      } else {
        continue;
      }
      String url = read.getLast().url();
      once.check(each.line(), each.path(), Mistakes.shown(url), url);
    }
    return read;
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static Configuration.Listen listen(Part.@Nullable Keys listen) {
    if (listen == null) {
      return new Configuration.Listen("", "127.0.0.1", null, false);
    }
    Part.Keys tls = listen.keys("tls");
    String url = listen.text("publicUrl", "");
    return new Configuration.Listen(
        withoutSlash(url),
        listen.text("bind", "127.0.0.1"),
        tls == null ? null : new Configuration.Tls(tls.text("cert", ""), tls.text("key", "")),
        listen.has("plaintext"));
  }

  private static Configuration.@Nullable Store store(
      Part.@Nullable Keys store, References references) {
    return store == null
        ? null
        : new Configuration.Store(
            store.text("url", ""),
            store.text("username", ""),
            references.read(store.get("password")));
  }

  private static Configuration.Keys keys(Part.@Nullable Keys keys, References references) {
    return keys == null
        ? new Configuration.Keys("", "")
        : new Configuration.Keys(
            references.read(keys.get("master")), references.read(keys.get("signer")));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
