package countersign.edge.protocol.postgres;

import countersign.deciding.Unmasking;
import countersign.edge.gate.Asked;
import countersign.edge.gate.Gate;
import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.Columns;
import countersign.edge.mask.MaskRules;
import countersign.masking.Masked;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.BackendMessage.Column;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.sql.CopyForm;
import countersign.wire.postgres.sql.Origin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Masks what a target with masks answers, before it is recorded and before the caller sees it. What
 * it cannot mask it refuses in place: the caller gets an error, and nothing more until the target
 * is ready again. Confined to the event loop.
 */
final class Masking {
  /** Rows are looked at one by one; one that is longer is refused where it would be masked. */
  private static final Limits LOOKING = new Limits(64 << 20, 16 << 20, false);

  private static final Set<String> FREE_SETTINGS = Set.of("application_name", "search_path");

  private final MaskRules rules;
  private final Recalled recalled = new Recalled();
  private Source source = new Unknown();
  private final FrameReader reader;
  private @Nullable MaskedRow result;
  private @Nullable MaskedCopy copying;
  private boolean described;
  private boolean muted;
  private boolean running;

  /** Something ran that may have put a masked value into a setting. */
  private boolean steered;

  Masking(MaskRules rules, FrameReader reader) {
    this.rules = rules;
    this.reader = reader;
    reader.limits(LOOKING);
  }

  MaskRules rules() {
    return rules;
  }

  /** Where the masked columns are known from. */
  interface Source {
    /** As of now; null while they are not. */
    @Nullable Columns columns();

    /** The newest that were known; null when none were. */
    @Nullable Columns columnsBefore();

    /** Whether the open transaction may have given views another definition. */
    boolean redefined();
  }

  private record Unknown() implements Source {
    @Override
    public @Nullable Columns columns() {
      return null;
    }

    @Override
    public @Nullable Columns columnsBefore() {
      return null;
    }

    @Override
    public boolean redefined() {
      return true;
    }
  }

  void columns(Source from) {
    source = from;
  }

  /**
   * Why an operation cannot be asked for at all; null when it can.
   *
   * @param now the target as it is declared now; null when it is gone
   */
  @Nullable ErrorFields refusal(Asked asked, @Nullable Target now) {
    if (now != null && !rules.still(now)) {
      return Words.masksChanged();
    }
    if (Gate.writes(asked.effects()) && holdsToken(asked)) {
      return Words.error(Words.FORBIDDEN, Words.MASK_AS_DATA)
          .withDetail("The statement or a value of it holds what stood in the place of a value.")
          .withHint("Leave the masked columns out of what you write.");
    }
    Columns known = rules.columns().isEmpty() ? null : source.columnsBefore();
    if (known == null) {
      return rules.columns().isEmpty() || !Gate.writes(asked.effects())
          ? null
          : Words.error(Words.FORBIDDEN, "nobody knows now which columns are masked")
              .withDetail("The target's catalogue cannot be read, so nothing is written.");
    }
    boolean redefined = source.redefined();
    Recalled.Read read = recalled.of(asked, known, redefined);
    return read != null && read.free() ? null : new MaskedUse(known, asked, redefined).refusal();
  }

  /**
   * Which masked columns an operation shows that its caller may see once somebody has approved it.
   *
   * @param decision what was decided of it without its masks
   * @return null when there is none
   */
  @Nullable Lifted lift(Asked asked, Gate gate, Decision decision) {
    Columns known = rules.columns().isEmpty() ? null : source.columns();
    if (known == null) {
      return null;
    }
    Recalled.Read read = recalled.of(asked, known, false);
    long rulebook = gate.rulebook().version();
    boolean allowed = decision instanceof Decision.Allowed;
    if (read != null && allowed && read.unlifted(rulebook)) {
      return null;
    }
    Map<Origin.Column, Unmasking.Column> shown =
        read != null ? read.shown() : new MaskedUse(known, asked, false).shown();
    Unmasking.Lift lift =
        Unmasking.lift(
            gate.rulebook(),
            gate.caller().principal(),
            gate.caller().target(),
            decision,
            Set.copyOf(shown.values()));
    if (read != null && allowed && lift == null) {
      read.unliftedBy(rulebook);
    }
    return lift == null
        ? null
        : new Lifted(
            lift.held(),
            shown.keySet().stream()
                .filter(column -> lift.columns().contains(shown.get(column)))
                .collect(Collectors.toSet()));
  }

  /** Masks that are lifted once somebody approves. */
  record Lifted(Decision.Held held, Set<Origin.Column> columns) {}

  private static boolean holdsToken(Asked asked) {
    if (Masked.in(asked.text())) {
      return true;
    }
    for (String bind : asked.binds()) {
      boolean hex = bind != null && bind.startsWith("\\x") && Masked.inHex(bind);
      if (bind != null && (hex || Masked.in(bind))) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the caller gets of a piece; takes it over.
   *
   * @param run the operation it answers, null for none
   * @param about what is described by it, or described its rows before; null for none
   * @return null for nothing
   */
  @Nullable ByteBuf shown(Piece piece, @Nullable Run run, @Nullable Described about) {
    byte type = piece.type();
    steered |= run != null && unforeseen(run);
    if (type != 'D' && type != 'd' && running) {
      running = false;
      reader.limits(LOOKING);
    }
    if (muted) {
      return whileMuted(piece);
    }
    return switch (type) {
      case 'T' -> columns(piece, run, about);
      case 'n' -> {
        if (about != null) {
          about.columns(List.of());
        }
        yield piece.bytes();
      }
      case 'D' -> row(piece, run, about);
      case 'C', 's', 'I', 'Z' -> {
        result = null;
        described = false;
        copying = null;
        Reach reach = run == null ? null : run.reach();
        if (reach != null) {
          reach.next();
        }
        yield piece.bytes();
      }
      case 'H' -> copy(piece, run);
      case 'd' -> copied(piece, run);
      case 'c' -> {
        copying = null;
        yield piece.bytes();
      }
      case 'W' -> refuse(piece, run, "a stream in both directions cannot be masked");
      case 'V' ->
          near(run) || rules.detects()
              ? refuse(piece, run, "the result of a function call cannot be masked")
              : piece.bytes();
      case 'E', 'N' -> report(piece, run);
      case 'S' -> setting(piece, run);
      case 'A' -> notification(piece);
      default -> piece.bytes();
    };
  }

  private @Nullable ByteBuf whileMuted(Piece piece) {
    if (piece.type() == 'Z') {
      muted = false;
      result = null;
      described = false;
      return piece.bytes();
    }
    piece.release();
    return null;
  }

  /** Puts an error in the place of what cannot be masked, and nothing after it up to the end. */
  private ByteBuf refuse(Piece piece, @Nullable Run run, String why) {
    piece.release();
    muted = true;
    if (run != null) {
      run.failed(Words.FORBIDDEN);
    }
    ErrorFields words =
        Words.error(Words.FORBIDDEN, "not shown: " + why)
            .withDetail("The target masks values, and this answer may hold some of them.");
    return Encode.errorResponse(Unpooled.buffer(), words);
  }

  private ByteBuf columns(Piece piece, @Nullable Run run, @Nullable Described about) {
    if (!(piece instanceof Piece.Frame frame)
        || !(BackendMessage.decode(frame) instanceof BackendMessage.RowDescription said)) {
      return refuse(piece, run, "the description of its columns is too long");
    }
    if (about != null) {
      about.columns(said.columns());
    } else {
      result = plan(said.columns(), run, true);
      described = true;
    }
    return piece.bytes();
  }

  private ByteBuf row(Piece piece, @Nullable Run run, @Nullable Described about) {
    if (!described) {
      List<Column> said = about == null ? null : about.columns();
      result = said == null ? null : plan(said, run, false);
      described = true;
    }
    MaskedRow plan = result;
    if (plan == null ? !near(run) && !rules.detects() : plan.clean()) {
      running = true;
      reader.limits(Limits.EDGE);
      return piece.bytes();
    }
    if (!(piece instanceof Piece.Frame)) {
      return refuse(piece, run, "a row of more than 16 MiB cannot be masked");
    }
    ByteBuf masked;
    try {
      MaskedRow.Tally tally = tally(run);
      masked =
          plan == null ? MaskedRow.allNull(piece.bytes(), tally) : plan.mask(piece.bytes(), tally);
    } catch (RuntimeException broken) {
      return refuse(piece, run, "a row cannot be masked");
    }
    if (masked == null) {
      return piece.bytes();
    }
    piece.release();
    return masked;
  }

  /** Rows of COPY come; from now on they are masked where it is known what they hold. */
  private ByteBuf copy(Piece piece, @Nullable Run run) {
    if (!rules.detects() && !near(run)) {
      return piece.bytes();
    }
    Reach reach = reach(run);
    CopyForm form = reach.form();
    if (!(piece instanceof Piece.Frame frame)
        || !(BackendMessage.decode(frame) instanceof BackendMessage.CopyResponse said)
        || form == null
        || said.binary() != (form.format() == CopyForm.Format.binary)) {
      return refuse(piece, run, "what COPY writes here cannot be masked; use SELECT");
    }
    List<Reach.Copied> columns = reach.copied(said.formats().size(), source.columns());
    if (columns == null) {
      return refuse(piece, run, "nobody knows what COPY writes here; use SELECT");
    }
    boolean clean = !rules.detects() && columns.stream().allMatch(c -> c.mask() == null);
    copying = clean ? null : new MaskedCopy(rules, columns, form);
    return piece.bytes();
  }

  private ByteBuf copied(Piece piece, @Nullable Run run) {
    MaskedCopy plan = copying;
    if (plan == null) {
      running = true;
      reader.limits(Limits.EDGE);
      return piece.bytes();
    }
    if (!(piece instanceof Piece.Frame)) {
      return refuse(piece, run, "a row of more than 16 MiB cannot be masked");
    }
    ByteBuf masked;
    try {
      masked = plan.mask(piece.bytes(), tally(run));
    } catch (RuntimeException broken) {
      return refuse(piece, run, "a row cannot be masked");
    }
    if (masked == null) {
      return piece.bytes();
    }
    piece.release();
    return masked;
  }

  private static MaskedRow.Tally tally(@Nullable Run run) {
    return run == null ? (_, _, _) -> {} : run::masked;
  }

  /** What masks of columns reach of an operation. */
  private Reach reach(@Nullable Run run) {
    Reach known = run == null ? null : run.reach();
    if (known == null) {
      known = run == null ? reach(null, Set.of()) : reach(run.asked(), run.lifted());
      if (run != null) {
        run.reach(known);
      }
    }
    return known;
  }

  private Reach reach(@Nullable Asked asked, Set<Origin.Column> lifted) {
    Columns now = source.columns();
    Recalled.Read read = asked != null && lifted.isEmpty() ? recalled.of(asked, now, false) : null;
    return Reach.of(asked, now, lifted, read);
  }

  /** Whether what is said about an operation may quote what rules over columns mask. */
  private boolean near(@Nullable Run run) {
    return !rules.columns().isEmpty() && reach(run).near();
  }

  /** A constraint that was put off is broken at the end, by a statement that names no relation. */
  private boolean near(ErrorFields said) {
    Columns known = source.columnsBefore();
    return said.code().startsWith(MaskedReport.OF_CONSTRAINTS)
        && !said.field('t').isEmpty()
        && (known == null || known.near(said.field('s'), said.field('t')));
  }

  private boolean computes(@Nullable Run run) {
    return !rules.columns().isEmpty() && reach(run).computes();
  }

  private MaskedRow plan(List<Column> said, @Nullable Run run, boolean fresh) {
    return rules.columns().isEmpty()
        ? MaskedRow.of(rules, said, List.of())
        : reach(run).plan(rules, said, source.columns(), fresh);
  }

  private ByteBuf report(Piece piece, @Nullable Run run) {
    if (!(piece instanceof Piece.Frame frame)) {
      return refuse(piece, run, "a report too long");
    }
    ErrorFields said =
        switch (BackendMessage.decode(frame)) {
          case BackendMessage.ErrorResponse(ErrorFields fields) -> fields;
          case BackendMessage.NoticeResponse(ErrorFields fields) -> fields;
          case BackendMessage _ -> ErrorFields.of("ERROR", "XX000", "");
        };
    boolean near = near(run) || !rules.columns().isEmpty() && near(said);
    ErrorFields shown = new MaskedReport(rules).shown(said, near, computes(run));
    if (shown.equals(said)) {
      return piece.bytes();
    }
    piece.release();
    if (run != null) {
      run.masked(ColumnMask.DOUBT, "error text", "");
    }
    return piece.type() == 'E'
        ? Encode.errorResponse(Unpooled.buffer(), shown)
        : Encode.noticeResponse(Unpooled.buffer(), shown);
  }

  /** Whether an operation may have put a masked value into a setting. */
  private static boolean unforeseen(Run run) {
    Asked asked = run.asked();
    return asked != null
        && !asked.onlyReads()
        && (asked.effects().contains(Effect.unknown) || asked.effects().contains(Effect.program));
  }

  /** What stands in a setting is told again and again, as when a transaction is rolled back. */
  private ByteBuf setting(Piece piece, @Nullable Run run) {
    if (steered
        && !rules.columns().isEmpty()
        && piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame)
            instanceof BackendMessage.ParameterStatus(String name, String _)
        && FREE_SETTINGS.contains(name)) {
      piece.release();
      if (run != null) {
        run.masked(ColumnMask.DOUBT, name, "");
      }
      return Encode.parameterStatus(Unpooled.buffer(), name, "[masked]");
    }
    return piece.bytes();
  }

  /** Somebody's words, who may have read anything: dropped unless they hold nothing. */
  private @Nullable ByteBuf notification(Piece piece) {
    if (piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame)
            instanceof BackendMessage.NotificationResponse(int _, String _, String payload)
        && (payload.isEmpty()
            || rules.columns().isEmpty() && rules.scan().find(MaskedRow.utf8(payload)).isEmpty())) {
      return piece.bytes();
    }
    piece.release();
    return null;
  }
}
