package countersign.edge.protocol.postgres;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.ApprovalRefused;
import countersign.approval.Ticket;
import countersign.duty.Rulebook;
import countersign.operation.OperationId;
import countersign.port.Append;
import countersign.port.AppendRefused;
import countersign.port.Feed;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Log, approvals and feed in memory; can be slow, stuck or broken. */
final class Control implements Append, Feed {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  final List<SessionEvent> events = java.util.Collections.synchronizedList(new ArrayList<>());
  final List<ApprovalCommand.FromEdge> commands = new CopyOnWriteArrayList<>();
  private final Map<SessionId, Long> next = new ConcurrentHashMap<>();
  private final Map<ApprovalId, Consumer<ApprovalOutcome>> waiting = new ConcurrentHashMap<>();
  private final Map<ApprovalId, Proposal> proposals = new ConcurrentHashMap<>();
  private final Map<ApprovalId, ApprovalOutcome> filed = new ConcurrentHashMap<>();
  private final List<Consumer<Rulebook>> onRules = new CopyOnWriteArrayList<>();
  private final Map<SessionId, Consumer<String>> terminations = new ConcurrentHashMap<>();
  private final List<Runnable> stuck = new ArrayList<>();
  private volatile Rulebook rulebook;
  volatile boolean leased = true;
  volatile long delayMillis;
  private boolean sticking;
  volatile boolean broken;

  Control(Rulebook rulebook) {
    this.rulebook = rulebook;
  }

  @Override
  public CompletionStage<Void> append(
      SessionId session, long firstSeq, List<? extends SessionEvent> added) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long expected = next.getOrDefault(session, 0L);
    if (firstSeq != expected) {
      throw new IllegalStateException("firstSeq: " + firstSeq + " (expected: " + expected + ")");
    }
    next.put(session, firstSeq + added.size());
    Runnable land =
        () -> {
          if (broken) {
            done.completeExceptionally(
                new AppendRefused(AppendRefused.Reason.storeDown, "the store is down"));
          } else {
            events.addAll(added);
            done.complete(null);
          }
        };
    later(land);
    return done;
  }

  private void later(Runnable land) {
    thread.schedule(
        () -> {
          synchronized (stuck) {
            if (sticking) {
              stuck.add(land);
              return;
            }
          }
          land.run();
        },
        delayMillis,
        TimeUnit.MILLISECONDS);
  }

  /** From now on nothing becomes durable. */
  void stick() {
    synchronized (stuck) {
      sticking = true;
    }
  }

  void unstick() {
    List<Runnable> all;
    synchronized (stuck) {
      sticking = false;
      all = List.copyOf(stuck);
      stuck.clear();
    }
    thread.execute(() -> all.forEach(Runnable::run));
  }

  @Override
  public CompletionStage<Void> submit(ApprovalCommand.FromEdge command) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    later(() -> {
      if (command instanceof ApprovalCommand.Use use && !digestFits(use)) {
        done.completeExceptionally(
            new ApprovalRefused(ApprovalRefused.Kind.digestMismatch, "not what was approved"));
        return;
      }
      if (command instanceof ApprovalCommand.Use use && used(use.id())) {
        done.completeExceptionally(
            new ApprovalRefused(ApprovalRefused.Kind.ended, "approval has ended: used"));
        return;
      }
      commands.add(command);
      done.complete(null);
    });
    return done;
  }

  private boolean used(ApprovalId id) {
    return commands.stream()
        .anyMatch(c -> c instanceof ApprovalCommand.Use use && use.id().equals(id));
  }

  @Override
  public CompletionStage<Optional<Ticket>> ticket(String repeat) {
    CompletableFuture<Optional<Ticket>> found = new CompletableFuture<>();
    later(() ->
        found.complete(
            requests().reversed().stream()
                .filter(request -> repeat.equals(request.repeat()))
                .findFirst()
                .map(request ->
                    new Ticket(
                        request.id(),
                        request.held(),
                        request.expires(),
                        used(request.id())
                            ? new ApprovalOutcome.Withdrawn("used already")
                            : filed.get(request.id())))));
    return found;
  }

  @Override
  public Subscription onProposal(ApprovalId approval, Proposal proposal) {
    proposals.put(approval, proposal);
    return () -> proposals.remove(approval);
  }

  /** What stands in the way of another text, empty when nothing does. */
  String propose(ApprovalId approval, String text) {
    return proposals.get(approval).judge(text).toCompletableFuture().join().orElse("");
  }

  /** How a person answered a ticket. */
  void answerTicket(ApprovalId id, ApprovalOutcome outcome) {
    filed.put(id, outcome);
  }

  private boolean digestFits(ApprovalCommand.Use use) {
    return decided().stream()
        .anyMatch(o -> o.operation().equals(use.operation()) && o.digest().equals(use.digest()));
  }

  /** What is in the log now, but for the edge's own reading of the catalogue. */
  List<SessionEvent> all() {
    List<SessionEvent> now = everything();
    Set<OperationId> catalogue = new HashSet<>();
    for (SessionEvent event : now) {
      if (event instanceof SessionEvent.OperationDecided one && readsCatalogue(one)) {
        catalogue.add(one.operation());
      }
    }
    return now.stream()
        .filter(event ->
            switch (event) {
              case SessionEvent.OperationDecided one -> !catalogue.contains(one.operation());
              case SessionEvent.OperationCompleted one -> !catalogue.contains(one.operation());
              case SessionEvent.OutcomeUnknown one -> !catalogue.contains(one.operation());
              default -> true;
            })
        .toList();
  }

  /** Everything that is in the log now. */
  List<SessionEvent> everything() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  static boolean readsCatalogue(SessionEvent.OperationDecided operation) {
    return operation.byEdge() && operation.text().startsWith("catalogue: ");
  }

  /** Every decision, those of one flush too. */
  List<SessionEvent.OperationDecided> decided() {
    List<SessionEvent.OperationDecided> all = new ArrayList<>();
    for (SessionEvent event : all()) {
      switch (event) {
        case SessionEvent.OperationDecided one -> all.add(one);
        case SessionEvent.OperationsDecided many -> all.addAll(many.operations());
        default -> {}
      }
    }
    return all;
  }

  <T> List<T> of(Class<T> type) {
    return all().stream()
        .flatMap(event ->
            switch (event) {
              case SessionEvent.OperationsCompleted several ->
                  Stream.concat(Stream.of(event), several.operations().stream());
              case SessionEvent.MaskingsApplied several ->
                  Stream.concat(Stream.of(event), several.operations().stream());
              default -> Stream.of(event);
            })
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  List<ApprovalCommand.Request> requests() {
    return commands.stream()
        .filter(ApprovalCommand.Request.class::isInstance)
        .map(ApprovalCommand.Request.class::cast)
        .toList();
  }

  /** Waits for the n-th request, from 0. */
  ApprovalCommand.Request request(int n) {
    Eventually.that(() -> requests().size() > n && waiting.containsKey(requests().get(n).id()));
    return requests().get(n);
  }

  void answer(ApprovalId id, ApprovalOutcome outcome) {
    Consumer<ApprovalOutcome> waits = waiting.remove(id);
    thread.execute(() -> waits.accept(outcome));
  }

  void rulebook(Rulebook changed) {
    rulebook = changed;
    onRules.forEach(hears -> hears.accept(changed));
  }

  void terminate(String why) {
    terminations.values().forEach(ends -> ends.accept(why));
  }

  @Override
  public Rulebook rulebook() {
    return rulebook;
  }

  @Override
  public boolean leased() {
    return leased;
  }

  @Override
  public Subscription onOutcome(ApprovalId approval, Consumer<ApprovalOutcome> outcome) {
    waiting.put(approval, outcome);
    return () -> waiting.remove(approval);
  }

  @Override
  public Subscription onRulebook(Consumer<Rulebook> changed) {
    onRules.add(changed);
    return () -> onRules.remove(changed);
  }

  @Override
  public Subscription onTerminate(SessionId session, Consumer<String> why) {
    terminations.put(session, why);
    return () -> terminations.remove(session);
  }
}
