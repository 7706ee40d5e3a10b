package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.grammar.Parsers;
import countersign.edge.grammar.Understood;
import countersign.edge.mask.Columns;
import countersign.operation.Effect;
import countersign.session.SessionEvent.OutcomeUnknown;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Catalogue;
import countersign.wire.postgres.sql.CatalogueRows;
import countersign.wire.postgres.sql.Name;
import countersign.wire.postgres.sql.Names;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What texts do in one session: their trees from the parsers, their names from the target's
 * catalogue, and what the session did to names. Confined to the event loop.
 */
final class Reads implements Masking.Source {
  private static final String OWN = "catalogue: " + String.join("; ", CatalogueRows.STATEMENTS);
  private static final String PATH = "search_path";

  private final Opening opening;
  private final EventLoop loop;
  private final Parsers parsers;
  private final Catalogues.Shared shared;
  private final int server;

  /** Texts of the unit under way: they stay readable however much else is read meanwhile. */
  private final Map<String, Understood> kept = new HashMap<>();

  private final List<Columns.Rule> rules;
  private @Nullable Catalogue catalogue;

  /** Masked columns of {@link #maskedOf}. */
  private @Nullable Columns masked;

  private @Nullable Catalogue maskedOf;

  /** How many changes of the catalogue had passed when it was taken. */
  private long asOf;

  private boolean conforming = true;
  private boolean trusted = true;
  private Set<Name> created = Set.of();
  private Names names = Names.UNTRUSTED;
  private @Nullable String path;

  /** The open transaction changed code, which nobody else sees yet. */
  private boolean changedCode;

  /** The unit or transaction changed the catalogue: all will see it once it is over. */
  private boolean changedCatalogue;

  /** A unit is under way that may redefine what names stand for. */
  private boolean underWay;

  private @Nullable Run fetching;
  private boolean over;

  /**
   * Makes it.
   *
   * @param rules rules over columns of the target; empty when none is masked by name
   */
  Reads(Opening opening, EventLoop loop, LoggedIn target, List<Columns.Rule> rules) {
    this.rules = rules;
    this.opening = opening;
    this.loop = loop;
    this.parsers = opening.edge().parsers();
    this.server = major(target.settings().getOrDefault("server_version", ""));
    var aims = opening.target();
    this.shared =
        opening
            .edge()
            .catalogues()
            .of(
                new Catalogues.Key(
                    aims.name(),
                    aims.host(),
                    aims.port(),
                    opening.gate().caller().database(),
                    opening.asking().username()));
    parsers.prepare(server);
    trusted = !opening.steering().touchesNames();
    adopt();
    if (catalogue == null) {
      var unused = refresh();
    }
  }

  /** The major version in what a server calls its version, such as {@code 15.18 (Debian …)}. */
  static int major(String version) {
    int end = 0;
    while (end < version.length() && end < 4 && Character.isDigit(version.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
  }

  /** Takes the shared snapshot where there is a newer one. */
  private void adopt() {
    asOf = shared.changes();
    Catalogue now = shared.usable();
    if (now != catalogue) {
      catalogue = now;
      renamed();
    }
  }

  private void renamed() {
    Catalogue known = catalogue;
    if (known == null) {
      names = Names.UNTRUSTED;
      return;
    }
    boolean as = trusted && !changedCode && (path == null || path.equals(known.searchPath()));
    names = new Names(known.names().path(), as, created);
  }

  /** A setting as the server reports it. */
  void setting(String name, String value) {
    if (name.equals("standard_conforming_strings")) {
      conforming = value.equals("on");
    } else if (name.equals(PATH)) {
      path = opening.pathOf(value);
      renamed();
    }
  }

  /**
   * Whether everything is at hand to read a text now.
   *
   * @param text null where only the catalogue is needed
   */
  boolean ready(@Nullable String text) {
    boolean old = shared.usable() == null;
    boolean waits = old && needed();
    adopt();
    if (old || shared.ages()) {
      var unused = refresh(); // shared, and at most one at a time
    }
    if (waits) {
      return false;
    }
    if (text == null) {
      return true;
    }
    Understood known = find(text);
    if (known == null) {
      return false;
    }
    kept.put(text, known);
    return !needed() || !lacks(known);
  }

  /** Whether nothing can be decided well without the catalogue. */
  private boolean needed() {
    return !rules.isEmpty() || !opening.gate().mayUnknown();
  }

  /**
   * The masked columns of the catalogue as it is used now; null when it is not known, or something
   * passed since that may have changed it.
   */
  @Override
  public @Nullable Columns columns() {
    Catalogue known = catalogue;
    return known == null || changedCatalogue || shared.changing() || shared.changes() != asOf
        ? null
        : columns(known);
  }

  /** The same even where something passed since: what was masked before is masked still. */
  @Override
  public @Nullable Columns columnsBefore() {
    Catalogue known = catalogue;
    return known == null ? null : columns(known);
  }

  private Columns columns(Catalogue known) {
    Columns found = masked;
    if (found == null || maskedOf != known) {
      found = shared.columns(known, rules);
      masked = found;
      maskedOf = known;
    }
    return found;
  }

  /** Whether the open transaction may have given views another definition. */
  @Override
  public boolean redefined() {
    return changedCode || changedCatalogue && !trusted;
  }

  /** Whether a newer catalogue may have what this one does not. */
  private boolean lacks(Understood known) {
    return known.reading(server, catalogue, names).missing() && shared.mayHaveMore();
  }

  /** Gets what {@link #ready} misses; {@code then} runs on the loop, with or without it. */
  void prepare(@Nullable String text, Runnable then) {
    CompletableFuture<Understood> tree;
    Understood known = text == null ? null : find(text);
    if (text == null) {
      tree = CompletableFuture.completedFuture(null);
    } else if (known != null) {
      tree = CompletableFuture.completedFuture(known);
    } else {
      tree = parsers.read(server, text);
    }
    boolean wanted = needed() && (shared.usable() == null || known != null && lacks(known));
    CompletableFuture<Catalogues.Shared.@Nullable Snapshot> snapshot =
        wanted ? refresh() : CompletableFuture.completedFuture(null);
    var unused =
        tree.thenCombine(snapshot, Got::new)
            .whenComplete((got, _) ->
                loop.execute(() -> {
                  if (text != null && got != null && got.tree() != null) {
                    kept.put(text, got.tree());
                  }
                  adopt();
                  if (catalogue == null && got != null && got.snapshot() != null) {
                    // It was begun after this was asked for: what changed since is no older.
                    catalogue = got.snapshot().catalogue();
                    renamed();
                  }
                  then.run();
                }));
  }

  private record Got(@Nullable Understood tree, Catalogues.Shared.@Nullable Snapshot snapshot) {}

  private @Nullable Understood find(String text) {
    Understood here = kept.get(text);
    return here != null ? here : parsers.cached(server, text);
  }

  /** The reading of a text with what it is now known of names. */
  Reading read(String text) {
    Understood known = find(text);
    return known == null ? Reading.unknown() : read(text, known);
  }

  /** The tree of a text that is at hand; null when it is not. */
  @Nullable Understood understood(String text) {
    return find(text);
  }

  /** What the grammar said of a text that is no SQL; null of any other. */
  Parse.@Nullable Rejected rejected(String text) {
    Understood known = find(text);
    return known == null ? null : known.rejected();
  }

  Reading read(String text, Understood known) {
    if (!conforming && text.indexOf('\\') >= 0) {
      return Reading.unknown(); // a backslash means something else to the server now
    }
    return known.reading(server, catalogue, names);
  }

  /** A reading with its declared parameters: taking a value of a type may run code. */
  Reading typed(List<Integer> types, Reading reading) {
    Catalogue known = catalogue;
    for (int type : types) {
      if (known == null ? type < 0 || type >= 16_384 : !known.harmlessType(type)) {
        return reading.unforeseen();
      }
    }
    return reading;
  }

  /** A text ran: what it may have done to names counts from now on. */
  void ran(Reading reading) {
    Reading.Aftermath after = reading.aftermath();
    changedCatalogue |= after.changesCatalogue();
    changedCode |= after.changesCode();
    boolean redefines = after.changesCode() && !reading.effects().contains(Effect.unknown);
    trusted &= !after.touchesNames();
    if (!after.creates().isEmpty()) {
      Set<Name> all = new HashSet<>(created);
      all.addAll(after.creates());
      created = Set.copyOf(all);
    }
    if (after.changesCatalogue()) {
      renamed();
    }
    // It may take effect long before its end is read: until then others see nothing unmasked.
    if (!underWay && (redefines || changedCode && commits(reading))) {
      underWay = true;
      shared.begun();
    }
  }

  private static boolean commits(Reading reading) {
    return reading.statements().stream()
        .anyMatch(s ->
            s instanceof Statement.Transaction(var verb, _, _) && verb == Statement.Verb.commit);
  }

  /** What was under way is over. */
  private void settle() {
    if (underWay) {
      underWay = false;
      shared.over();
    }
  }

  /** A unit ended; what it changed is there for all once no transaction is open. */
  void unitEnded(boolean inTransaction) {
    kept.clear();
    if (!inTransaction && changedCatalogue) {
      changedCatalogue = false;
      changedCode = false;
      shared.changed();
      catalogue = null;
      renamed();
    }
    settle();
  }

  private CompletableFuture<Catalogues.Shared.@Nullable Snapshot> refresh() {
    return shared.refresh(this::fetch, parsers, server, rules);
  }

  /** Writes down that the catalogue is read, and has it read. */
  private CompletableFuture<CatalogueRows> fetch() {
    CompletableFuture<CatalogueRows> rows = new CompletableFuture<>();
    try {
      loop.execute(() -> ask(rows));
    } catch (RejectedExecutionException e) {
      rows.completeExceptionally(new Catalogues.Gone());
    }
    return rows;
  }

  private void ask(CompletableFuture<CatalogueRows> rows) {
    if (over) {
      rows.completeExceptionally(new Catalogues.Gone());
      return;
    }
    Run run = new Run(opening.gate().own(OWN), -1);
    fetching = run;
    var unused = rows.whenComplete((_, failure) -> loop.execute(() -> fetched(run, failure)));
    CatalogueExchange.begin(
        opening.edge().loops().next(),
        opening.edge().login(),
        opening.asking(),
        opening.target(),
        opening.gate().caller().database(),
        rows);
  }

  private void fetched(Run run, @Nullable Throwable failure) {
    if (fetching != run) {
      return;
    }
    fetching = null;
    if (failure == null) {
      run.succeeded("SELECT");
    } else {
      run.failed("58000");
    }
    opening.journal().later(run.completed(opening.journal().session()));
  }

  /** Whether the target is at something that may redefine what names stand for. */
  boolean underWay() {
    return underWay;
  }

  /** The target was told to stop what this session had it do, and nobody will hear how it went. */
  void stopped() {
    shared.changed();
    settle();
  }

  /** The session ends: nobody will write down how a question of its own went. */
  void lost(String why) {
    over = true;
    Run run = fetching;
    fetching = null;
    if (run != null) {
      opening.journal().later(new OutcomeUnknown(opening.journal().session(), run.id(), why));
    }
  }
}
