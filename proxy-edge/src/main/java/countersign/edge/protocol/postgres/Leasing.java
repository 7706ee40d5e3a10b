package countersign.edge.protocol.postgres;

import countersign.deciding.LeaseScope;
import countersign.edge.credential.Lease;
import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.Login;
import countersign.edge.credential.TargetLogin;
import countersign.edge.gate.Gate;
import countersign.edge.record.Journal;
import countersign.session.SessionEvent.LeaseEnded;
import countersign.session.SessionEvent.LeaseIssued;
import countersign.target.Target;
import countersign.wire.postgres.ErrorFields;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Who one session logs in as: the target's credential, a stored read-only role, or a role leased to
 * it that is dropped at its end. A lease is the target's own wall behind the gate. Confined to the
 * session's event loop.
 */
final class Leasing {
  private static final Logger LOG = Logger.getLogger(Leasing.class);
  private static final long MAKE_MILLIS = 10_000;
  private static final long END_MILLIS = 5_000;

  /** Until then a role whose session never came is left alone: it may be about to log in. */
  static final Duration LOGIN = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofHours(24);

  /** Settings of the credential's own that a lease is not given: the edge's, or rights. */
  private static final Set<String> NOT_GIVEN =
      Set.of("search_path", "client_encoding", "role", "session_authorization", AccessMode.SETTING);

  private final TargetLogin login;
  private final EventLoop loop;
  private final Target target;
  private final Gate gate;
  private final Journal journal;
  private final @Nullable LeaseScope scope;
  private final String role;

  private Map<String, String> settings = Map.of();
  private TargetLogin.@Nullable Outcome outcome;
  private @Nullable Lease lease;
  private @Nullable Path path;

  /** Who the edge itself asks as, on connections of its own. */
  private Login asking;

  /** Whether the target may have the role. */
  private boolean mayExist;

  /** Whether the role is being made, or a right of it changed. */
  private boolean making;

  /** What lends it the credential's rights; null where no approval gives more. */
  private @Nullable LeaseRight right;

  /** What waits for that to be over, because the session ended meanwhile. */
  private @Nullable Runnable ending;

  private boolean ended;

  /** The search path that a lease was given, and what the credential calls the same one. */
  private record Path(String given, String credentials) {}

  /**
   * For one session.
   *
   * @param scope what it may read; null when it may write
   */
  Leasing(
      TargetLogin login,
      EventLoop loop,
      Target target,
      Gate gate,
      Journal journal,
      @Nullable LeaseScope scope) {
    this.login = login;
    this.loop = loop;
    this.target = target;
    this.gate = gate;
    this.journal = journal;
    this.scope = scope;
    this.asking = login.stored(target);
    this.role = LeaseStatements.role(journal.session());
  }

  /**
   * Logs the session in. Making a lease takes at most ten seconds more.
   *
   * @param all startup parameters besides {@code user}, in order
   */
  void login(Map<String, String> all, TargetLogin.Outcome heard) {
    settings = all;
    outcome = heard;
    LeaseScope reads = scope;
    if (reads == null) {
      login.login(loop, target, all, heard);
      return;
    }
    switch (target.credential().lease()) {
      case disable -> {
        asking = instead();
        login.login(loop, target, asking, all, heard);
      }
      case prefer, require -> {
        making = true;
        TargetLogin.lease(
            loop,
            role,
            made -> {
              lease = made;
              begin(reads, made);
            });
      }
    }
  }

  /** Who logs in where no role is leased. */
  private Login instead() {
    Target.Login readOnly = target.credential().readOnly();
    return readOnly == null || scope == null || scope.holdsMore()
        ? login.stored(target)
        : login.stored(readOnly);
  }

  private void begin(LeaseScope reads, Lease made) {
    Errand.begin(
        login,
        loop,
        target,
        gate,
        journal,
        null,
        MAKE_MILLIS,
        new Errand.Outcome() {
          @Override
          public void ready(Errand errand) {
            errand.ask(LeaseStatements.LOOK, answer -> looked(errand, reads, made, answer));
          }

          @Override
          public void failed(String why) {
            impossible(why, "");
          }
        });
  }

  private void looked(Errand errand, LeaseScope reads, Lease made, Errand.Answer look) {
    if (stops(errand, look)) {
      return;
    }
    List<String> abandoned =
        LeaseStatements.abandoned(look.rows("left"), Instant.now().minus(LOGIN));
    new LeaseEnd(errand)
        .drop(
            abandoned,
            (left, why) -> found(journal, left, why),
            () -> prepare(errand, reads, made, look));
  }

  /** Writes down that another session's role was found and dropped; not if it was not ours. */
  static void found(Journal journal, String role, String why) {
    if (why.isEmpty()) {
      journal.later(
          new LeaseEnded(
              journal.session(), "found", role, "left by a session that ended without a word"));
    } else {
      LOG.debugf("role=%s stays why=%s", role, why);
    }
  }

  private void prepare(Errand errand, LeaseScope reads, Lease made, Errand.Answer look) {
    List<String> schemas = look.values("schema");
    LeaseStatements statements =
        new LeaseStatements(
            gate.caller().database(), target.credential().username(), reads, schemas);
    errand.ask(
        statements.begin(),
        answer -> {
          if (!stops(errand, answer)) {
            make(errand, statements, reads, made, look, answer);
          }
        });
  }

  private void make(
      Errand errand,
      LeaseStatements statements,
      LeaseScope reads,
      Lease made,
      Errand.Answer look,
      Errand.Answer begun) {
    Instant until = until(gate.caller().principal().expires(), Instant.now());
    String text = statements.make(begun, role, made.verifier(), until, errand.serverMajor());
    boolean granting = LeaseStatements.lacks(begun);
    mayExist = true;
    errand.ask(
        text,
        text.replace(made.verifier(), "SCRAM-SHA-256$…"),
        answer -> {
          if (stops(errand, answer)) {
            return;
          }
          if (!granting) {
            issued(errand, statements, reads, made, look, begun, until);
          } else if (LeaseStatements.lacks(answer)) {
            mayExist = false;
            errand.close();
            impossible(lacking(answer), "42501");
          } else {
            errand.ask(
                "COMMIT",
                committed -> {
                  if (!stops(errand, committed)) {
                    issued(errand, statements, reads, made, look, begun, until);
                  }
                });
          }
        });
  }

  /** The end of the session as far as it can be foreseen; never so soon that nobody can log in. */
  static Instant until(Instant proofEnds, Instant now) {
    Instant longest = now.plus(LONGEST);
    Instant soonest = now.plus(LOGIN);
    Instant end = proofEnds.isBefore(longest) ? proofEnds : longest;
    return end.isBefore(soonest) ? soonest : end;
  }

  private static String lacking(Errand.Answer answer) {
    List<String> select = answer.values("select");
    List<String> all = select.isEmpty() ? answer.values("usage") : select;
    return "its credential may not pass on the right to "
        + (all.isEmpty() ? "connect" : all.getFirst())
        + (all.size() > 1 ? " and " + (all.size() - 1) + " more" : "");
  }

  /** Whether a step failed; then there is no lease. */
  private boolean stops(Errand errand, Errand.Answer answer) {
    if (answer.error() == null) {
      return false;
    }
    // A role whose making the target refused is not there; nobody knows when it did not answer.
    mayExist &= answer.error().code().startsWith("08");
    errand.close();
    impossible(LeaseEnd.words(answer.error()), answer.error().code());
    return true;
  }

  private void issued(
      Errand errand,
      LeaseStatements statements,
      LeaseScope reads,
      Lease made,
      Errand.Answer look,
      Errand.Answer begun,
      Instant until) {
    errand.close();
    long relations = Long.parseLong(begun.values("reads").getFirst());
    journal.later(
        new LeaseIssued(
            journal.session(),
            until,
            relations,
            role,
            reads.hops().stream().map(LeaseScope.Readable::words).toList()));
    making = false;
    if (ends()) {
      return;
    }
    path = path(look);
    login.login(
        loop,
        target,
        made.login(),
        withOwn(look),
        new TargetLogin.Outcome() {
          @Override
          public void ready(LoggedIn in) {
            made.close();
            if (reads.holdsMore()) {
              right = new LeaseRight(statements, LeaseStatements.lent(begun), role, errands());
            }
            heard().ready(in);
          }

          @Override
          public void failed(String why) {
            making = !ended;
            impossible(why, "");
          }

          /**
           * The role was let in, and a setting was not: the caller's, who must not get another
           * login by asking for what only that one may have.
           */
          @Override
          public void refused(ErrorFields words) {
            made.close();
            heard().refused(words);
          }
        });
  }

  /** Lends the role a right on a connection of the edge's own. */
  private LeaseRight.Errands errands() {
    return new LeaseRight.Errands() {
      @Override
      public void begin(Errand.Outcome outcome) {
        making = true;
        Errand.begin(login, loop, target, gate, journal, null, END_MILLIS, outcome);
      }

      @Override
      public void done() {
        making = false;
        var unused = ends();
      }
    };
  }

  /** What lends the session's role a right; null where there is none to lend to. */
  @Nullable LeaseRight right() {
    return right;
  }

  private TargetLogin.Outcome heard() {
    return Objects.requireNonNull(outcome);
  }

  /** Whether the session ended meanwhile: then nobody waits for the login any more. */
  private boolean ends() {
    Runnable waits = ending;
    ending = null;
    if (waits != null) {
      waits.run();
    }
    return waits != null;
  }

  /** The settings that the credential has of its own come before the caller's. */
  private Map<String, String> withOwn(Errand.Answer look) {
    Map<String, String> all = new LinkedHashMap<>();
    for (List<String> row : look.rows("setting")) {
      String name = row.get(1).toLowerCase(Locale.ROOT);
      if (!NOT_GIVEN.contains(name)) {
        all.put(name, row.get(2));
      }
    }
    settings.keySet().forEach(name -> all.remove(name.toLowerCase(Locale.ROOT)));
    all.put("search_path", Objects.requireNonNull(path).given);
    all.putAll(settings);
    return all;
  }

  /** A schema of the credential's own name stands in the path as {@code $user}. */
  private static Path path(Errand.Answer look) {
    String credentials = look.values("path").getFirst();
    List<String> schemas = look.values("schema");
    boolean own = credentials.contains("$user") && schemas.containsAll(look.values("own"));
    return new Path(own ? LeaseStatements.path(schemas) : credentials, credentials);
  }

  /** A search path that the target reports, as the credential would see it reported. */
  String pathOf(String reported) {
    Path here = path;
    return here != null && here.given.equals(reported) ? here.credentials : reported;
  }

  private void impossible(String why, String code) {
    if (mayExist) {
      drop(_ -> impossibleNow(why, code));
    } else {
      impossibleNow(why, code);
    }
  }

  private void impossibleNow(String why, String code) {
    making = false;
    Lease made = lease;
    if (made != null) {
      made.close();
    }
    boolean required = target.credential().lease() == Target.Lease.require;
    Login other = instead();
    LOG.warnf("target=%s lease=impossible sqlstate=%s", target.name(), code);
    if (ended && ending == null) {
      return; // the session is over, and so is its record
    }
    journal.later(
        new LeaseEnded(
            journal.session(),
            "impossible",
            role,
            why
                + (required
                    ? "; the session was refused"
                    : "; it logs in as " + other.username())));
    if (ends()) {
      return;
    }
    if (required) {
      heard()
          .failed(
              "target "
                  + target.name()
                  + ": no role can be leased to the session"
                  + (code.isEmpty() ? "" : " (" + code + ")"));
    } else {
      asking = other;
      login.login(loop, target, other, settings, heard());
    }
  }

  /**
   * Who looks names up and asks the planner for this session: the credential where a lease stands
   * for it, else who the session logged in as, for another role may have another search path.
   */
  Login asking() {
    return asking;
  }

  /**
   * Drops the role, if there is one, before the record of the session is closed.
   *
   * @param then called once; at once when there is nothing to drop, else within seconds
   */
  void end(Runnable then) {
    ended = true;
    if (making) {
      ending = () -> end(then);
    } else if (!mayExist || journal.refused()) {
      then.run();
    } else {
      drop(why -> {
        journal.later(
            new LeaseEnded(journal.session(), why.isEmpty() ? "dropped" : "left", role, why));
        then.run();
      });
    }
  }

  private void drop(LeaseEnd.Gone gone) {
    mayExist = false;
    Errand.begin(
        login,
        loop,
        target,
        gate,
        journal,
        "pg_catalog",
        END_MILLIS,
        new Errand.Outcome() {
          @Override
          public void ready(Errand errand) {
            LeaseEnd end = new LeaseEnd(errand);
            end.drop(
                role,
                why -> {
                  if (!why.isEmpty()) {
                    LOG.warnf("target=%s role=%s stays why=%s", target.name(), role, why);
                  }
                  end.unused(() -> {
                    errand.close();
                    gone.accept(why);
                  });
                });
          }

          @Override
          public void failed(String why) {
            LOG.warnf("target=%s role=%s stays why=%s", target.name(), role, why);
            gone.accept(why);
          }
        });
  }
}
