package countersign.deciding.configuration;

import countersign.operation.Effect;
import countersign.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads targets. */
final class TargetReading {
  private static final int POSTGRES = 5432;

  private final Mistakes mistakes;
  private final References references;

  TargetReading(Mistakes mistakes, References references) {
    this.mistakes = mistakes;
    this.references = references;
  }

  List<Target> targets(List<Part.Keys> targets) {
    Once names = new Once(mistakes, "a name of its own");
    Once ports = new Once(mistakes, "a port of its own");
    List<Target> read = new ArrayList<>();
    for (Part.Keys target : targets) {
      names.check(target, "name");
      if (target.get("listen") instanceof Part.Number port) {
        ports.check(port.line(), port.path(), Long.toString(port.value()), port.value());
      }
      read.add(target(target));
    }
    return read;
  }

  private Target target(Part.Keys target) {
    String name = target.text("name", "");
    Part.Keys credential = target.keys("credential");
    Address address = address(target, name);
    return new Target(
        name,
        target.text("type", "postgres"),
        address.host(),
        address.port(),
        address.database(),
        tls(target.text("tls", "verify-full")),
        (int) target.number("listen", 0),
        credential == null ? new Target.Credential("", "") : credential(credential),
        protection(target.keys("protect")));
  }

  private Target.Credential credential(Part.Keys credential) {
    Part.Keys readOnly = credential.keys("readOnly");
    if (readOnly != null && readOnly.text("username", "").equals(credential.text("username", ""))) {
      mistakes.add(
          readOnly, readOnly.text("username", ""), "another role than credential.username");
    }
    return new Target.Credential(
        credential.text("username", ""),
        references.read(credential.get("password")),
        Target.Lease.valueOf(credential.text("lease", "disable")),
        readOnly == null
            ? null
            : new Target.Login(
                readOnly.text("username", ""), references.read(readOnly.get("password"))));
  }

  private record Address(String host, int port, String database) {}

  private Address address(Part.Keys target, String name) {
    String written = target.text("address", "");
    int slash = written.indexOf('/');
    String database = slash < 0 ? name : written.substring(slash + 1);
    String place = slash < 0 ? written : written.substring(0, slash);
    int colon = place.lastIndexOf(':');
    boolean ported = colon > place.lastIndexOf(']');
    int port = ported ? Integer.parseInt(place.substring(colon + 1)) : POSTGRES;
    if (port < 1 || port > 65_535) {
      mistakes.add(
          target.get("address") instanceof Part.Text text ? text.line() : target.line(),
          target.path() + ".address",
          written,
          "a port from 1 to 65535");
    }
    String host = ported ? place.substring(0, colon) : place;
    return new Address(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port, database);
  }

  private static Target.Tls tls(String written) {
    return switch (written) {
      case "disable" -> Target.Tls.disable;
      case "prefer" -> Target.Tls.prefer;
      case "require" -> Target.Tls.require;
      case "verify-ca" -> Target.Tls.verifyCa;
      default -> Target.Tls.verifyFull;
    };
  }

  private Target.Protection protection(Part.@Nullable Keys protect) {
    if (protect == null) {
      return new Target.Protection(List.of(), Target.Recording.statement);
    }
    return new Target.Protection(
        protect.each("block").stream()
            .map(block ->
                new Target.Block(effects(block.texts("effects")), block.text("message", "")))
            .toList(),
        Target.Recording.valueOf(protect.text("recording", "statement")),
        protect.each("mask").stream().map(this::mask).toList());
  }

  private Target.Mask mask(Part.Keys mask) {
    List<String> columns = mask.texts("columns").stream().map(Part.Text::value).toList();
    List<String> detect = mask.texts("detect").stream().map(Part.Text::value).toList();
    if (mask.has("columns") == mask.has("detect")) {
      mistakes.add(
          mask,
          mask.has("columns") ? "columns and detect" : "neither columns nor detect",
          "one of columns and detect; write two masks for both");
    }
    boolean shownOnly = mask.text("predicates", "allowed").equals("blocked");
    if (shownOnly && columns.isEmpty()) {
      mistakes.add(
          mask, "predicates", "columns; what a detector finds is known only when it is shown");
    }
    return new Target.Mask(columns, detect, mask.text("with", "hide"), shownOnly);
  }

  static Set<Effect> effects(List<Part.Text> words) {
    return words.stream().map(word -> Effect.valueOf(word.value())).collect(Collectors.toSet());
  }
}
