package countersign.api;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.ApprovalRefused;
import countersign.approval.Ticket;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Authentication;
import countersign.identity.Principal;
import countersign.log.Integrity;
import countersign.operation.Effect;
import countersign.port.Feed;
import countersign.port.MerkleLog;
import countersign.port.Proposals;
import countersign.port.Recordings;
import countersign.retention.RetentionCommand;
import countersign.retention.RetentionLedger;
import countersign.secret.SecretKeeping;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.ApprovalView;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.view.Views;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.commandhandling.gateway.CommandResult;
import org.axonframework.messaging.core.GenericMessage;
import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.Metadata;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.jspecify.annotations.Nullable;

/** The ports behind the API, in memory: what stands behind them has tests of its own. */
@Singleton
@Unremovable
public class InMemoryPorts {
  private static final Rulebook RULEBOOK =
      new Rulebook(
          7,
          Map.of(
              "engineers-on-orders",
              new Duty(
                  "engineers-on-orders",
                  Set.of("engineers"),
                  Set.of("orders"),
                  List.of(
                      rule(Rule.Action.allow, Set.of(Effect.read), Rule.Hold.DEFAULT),
                      rule(
                          Rule.Action.hold,
                          Set.of(Effect.destroy, Effect.change),
                          new Rule.Hold(
                              Set.of("approvers"),
                              2,
                              Duration.ofMinutes(90),
                              Rule.Wait.stream,
                              true,
                              Duration.ofSeconds(60)))))),
          Map.of(),
          List.of(),
          List.of(),
          Map.of());

  private static Rule rule(Rule.Action action, Set<Effect> effects, Rule.Hold hold) {
    return new Rule(action, effects, Rule.Match.ANYTHING, "", hold, "");
  }

  final Map<String, SessionView> sessions = new ConcurrentHashMap<>();
  final Map<String, ApprovalView> approvals = new ConcurrentHashMap<>();
  final Map<String, List<OperationView>> operations = new ConcurrentHashMap<>();
  final Map<String, List<SegmentView>> index = new ConcurrentHashMap<>();
  final Map<String, LongFunction<SegmentRecorded>> segments = new ConcurrentHashMap<>();
  final List<Consumer<Views.Changed>> listeners = new CopyOnWriteArrayList<>();
  @Nullable String checkpoint;
  final List<Object> commands = new CopyOnWriteArrayList<>();
  final List<RetentionLedger.Hold> holds = new CopyOnWriteArrayList<>();
  final List<RetentionLedger.Erasure> erasures = new CopyOnWriteArrayList<>();
  final Map<String, String> secrets = new ConcurrentHashMap<>();

  void publish(Views.Changed change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  static Principal principal(String name, Set<String> groups, Set<String> powers) {
    return new Principal(
        List.of(
            new Principal.Hop(
                name, name, Principal.Kind.human, groups, "", "https://idp", name, "")),
        powers,
        false,
        Instant.now().plusSeconds(900));
  }

  @Produces
  @Singleton
  Authentication authentication() {
    return (token, _) ->
        switch (token) {
          case "alice" -> done(principal("alice", Set.of("engineers"), Set.of()));
          case "bob" -> done(principal("bob", Set.of("approvers"), Set.of()));
          case "mallory" -> done(principal("mallory", Set.of("engineers"), Set.of()));
          case "two-lines" ->
              done(principal("mallory\nalice", Set.of("engineers\napprovers"), Set.of()));
          case "dana" -> done(principal("dana", Set.of("compliance"), Set.of("audit")));
          case "erin" -> done(principal("erin", Set.of("admins"), Set.of("administer")));
          case "frank" -> done(principal("frank", Set.of("responders"), Set.of("respond")));
          default ->
              CompletableFuture.failedFuture(
                  new Authentication.Refused("token expired 3 min ago: run countersign token"));
        };
  }

  /** Texts with this in them do not fit. */
  @Produces
  @Singleton
  Proposals proposals() {
    return (_, text) ->
        done(
            text.contains("another shape")
                ? Optional.of("its columns are others")
                : Optional.empty());
  }

  @Produces
  @Singleton
  Feed feed() {
    return new Feed() {
      @Override
      public Rulebook rulebook() {
        return RULEBOOK;
      }

      @Override
      public boolean leased() {
        return true;
      }

      @Override
      public Subscription onOutcome(ApprovalId approval, Consumer<ApprovalOutcome> outcome) {
        return () -> {};
      }

      @Override
      public CompletionStage<Optional<Ticket>> ticket(String repeat) {
        return done(Optional.empty());
      }

      @Override
      public Subscription onProposal(ApprovalId approval, Proposal proposal) {
        return () -> {};
      }

      @Override
      public Subscription onRulebook(Consumer<Rulebook> changed) {
        return () -> {};
      }

      @Override
      public Subscription onTerminate(SessionId session, Consumer<String> why) {
        return () -> {};
      }
    };
  }

  @Produces
  @Singleton
  RetentionLedger ledger() {
    return new RetentionLedger() {
      @Override
      public CompletionStage<List<Hold>> holds() {
        return done(List.copyOf(holds));
      }

      @Override
      public CompletionStage<List<Erasure>> erasures() {
        return done(List.copyOf(erasures));
      }
    };
  }

  @Produces
  @Singleton
  SecretKeeping secrets() {
    return (name, value, by) -> {
      secrets.put(name, new String(value, java.nio.charset.StandardCharsets.UTF_8));
      return done(null);
    };
  }

  @Produces
  @Singleton
  Recordings recordings() {
    return (session, position) -> done(segments.get(session.toString()).apply(position));
  }

  @Produces
  @Singleton
  MerkleLog merkle() {
    return new MerkleLog() {
      @Override
      public String vkey() {
        return "log.example+00000000+AQ==";
      }

      @Override
      public Optional<String> checkpoint() {
        return Optional.ofNullable(checkpoint);
      }

      @Override
      public Optional<byte[]> tile(int level, long index, int width) {
        return level == 0 && index == 1234 && width <= 7
            ? Optional.of(new byte[width * 32])
            : Optional.empty();
      }

      @Override
      public CompletionStage<Optional<byte[]>> entries(long index, int width) {
        return done(index == 0 ? Optional.of(new byte[] {0, 1, '{'}) : Optional.empty());
      }

      @Override
      public Optional<Stamped> stamped() {
        return Optional.empty();
      }

      @Override
      public Integrity integrity() {
        return new Integrity(
            Integrity.State.problem,
            List.of(
                new Integrity.Problem(Integrity.Kind.edited, 7, "it was changed", Instant.EPOCH)),
            "log.example",
            9,
            8,
            Instant.EPOCH,
            7,
            null,
            0,
            List.of(),
            0);
      }
    };
  }

  @Produces
  @Singleton
  CommandGateway gateway() {
    return new CommandGateway() {
      @Override
      public CommandResult send(Object command, Metadata metadata, ProcessingContext context) {
        commands.add(command);
        CompletableFuture<Message> answer = handle(command);
        return () -> answer;
      }

      @Override
      public void describeTo(ComponentDescriptor descriptor) {}
    };
  }

  private CompletableFuture<Message> handle(Object command) {
    if (command instanceof ApprovalCommand.Approve approve) {
      ApprovalView before = approvals.get(approve.id().value());
      if (before.people().contains(approve.by().name())) {
        return CompletableFuture.failedFuture(
            new ApprovalRefused(ApprovalRefused.Kind.notEligible, "it is your own"));
      }
      CompletableFuture.delayedExecutor(150, java.util.concurrent.TimeUnit.MILLISECONDS)
          .execute(() -> {
            approvals.put(before.id(), Shown.approval(before, "approved"));
            publish(new Views.Changed("approvals", before.id(), before.session()));
          });
    }
    if (command instanceof RetentionCommand.Erase erase) {
      erasures.add(
          new RetentionLedger.Erasure(
              erase.id(),
              "requested",
              List.copyOf(erase.sessions()),
              "request",
              erase.by().path(),
              erase.reason(),
              Instant.now(),
              null,
              0,
              List.of(),
              List.of(),
              List.of()));
    } else if (command instanceof RetentionCommand.PlaceHold hold) {
      holds.add(
          new RetentionLedger.Hold(
              hold.id(),
              hold.session(),
              hold.principal(),
              hold.by().path(),
              hold.reason(),
              Instant.now(),
              null));
    }
    return done(new GenericMessage(new MessageType("done"), "done"));
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  @Produces
  @Singleton
  Views views() {
    return new Views() {
      @Override
      public CompletionStage<Page<SessionView>> sessions(
          Map<String, String> filter, Page.Request page) {
        List<String> seenBy = List.of(filter.getOrDefault("seenBy", "").split("\n", -1));
        return done(
            new Page<>(
                sessions.values().stream()
                    .filter(s ->
                        !filter.containsKey("seenBy")
                            || s.people().stream().anyMatch(seenBy::contains))
                    .limit(page.limit())
                    .toList(),
                null));
      }

      @Override
      public CompletionStage<Optional<SessionView>> session(String id) {
        return done(Optional.ofNullable(sessions.get(id)));
      }

      @Override
      public CompletionStage<Page<OperationView>> operations(String session, Page.Request page) {
        return done(new Page<>(operations.getOrDefault(session, List.of()), null));
      }

      @Override
      public CompletionStage<Page<ApprovalView>> approvals(
          Map<String, String> filter, Page.Request page) {
        List<String> asked = List.of(filter.getOrDefault("askedOf", "").split("\n", -1));
        List<String> seenBy = List.of(filter.getOrDefault("seenBy", "").split("\n", -1));
        return done(
            new Page<>(
                new ArrayList<>(approvals.values())
                    .stream()
                        .filter(a ->
                            !filter.containsKey("seenBy")
                                || a.by().stream().anyMatch(asked::contains)
                                || a.people().stream().anyMatch(seenBy::contains))
                        .filter(a ->
                            !filter.containsKey("session")
                                || a.session().equals(filter.get("session")))
                        .toList(),
                null));
      }

      @Override
      public CompletionStage<Optional<ApprovalView>> approval(String id) {
        return done(Optional.ofNullable(approvals.get(id)));
      }

      @Override
      public CompletionStage<List<SegmentView>> segments(String session, long fromNumber) {
        return done(
            index.getOrDefault(session, List.of()).stream()
                .filter(s -> s.number() >= fromNumber)
                .limit(1_000)
                .toList());
      }

      @Override
      public CompletionStage<Lag> lag() {
        return done(new Lag(7, 7, Map.of("sessions", 7L)));
      }

      @Override
      public Feed.Subscription onChange(Consumer<Changed> changed) {
        listeners.add(changed);
        return () -> listeners.remove(changed);
      }

      @Override
      public CompletionStage<Void> rebuild(String view) {
        return view.equals("sessions")
            ? done(null)
            : CompletableFuture.failedFuture(new NoSuchElementException("view: " + view));
      }
    };
  }
}
