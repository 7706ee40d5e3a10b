package countersign.append;

import countersign.approval.ApprovalCommand;
import countersign.command.Failures;
import countersign.event.KeyScope;
import countersign.port.Append;
import countersign.port.AppendRefused;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;

/**
 * The Append port of edges that live in control's own process. Session events go straight to the
 * log, never over the command bus; commands about approvals go over the command bus. Never blocks.
 */
public final class LogAppend implements Append {
  private static final long ANSWER_SECONDS = 15;
  private static final int MOST_REFUSED = 10_000;

  private final EventLog log;
  private final CommandGateway commands;

  /** Sessions that failed and take no more; the newest {@value #MOST_REFUSED}. */
  private final Map<SessionId, AppendRefused> refused =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<SessionId, AppendRefused> eldest) {
              return size() > MOST_REFUSED;
            }
          });

  /** Makes the port over a log and a gateway that somebody else opens and closes. */
  public LogAppend(EventLog log, CommandGateway commands) {
    this.log = log;
    this.commands = commands;
  }

  @Override
  public CompletionStage<Void> append(
      SessionId session, long firstSeq, List<? extends SessionEvent> events) {
    AppendRefused before = refused.get(session);
    if (before != null) {
      return CompletableFuture.failedFuture(before);
    }
    Item item = new Item(drafts(session, firstSeq, events), null, urgency(events));
    return log.append(item).handle((_, failure) -> settled(session, failure));
  }

  /** After a failure a later event would leave a hole: the session takes no more. */
  private @Nullable Void settled(SessionId session, @Nullable Throwable failure) {
    if (failure == null) {
      return null;
    }
    RuntimeException refusal = Failures.refusal(failure);
    AppendRefused why =
        refusal instanceof AppendRefused known
            ? known
            : new AppendRefused(AppendRefused.Reason.storeDown, String.valueOf(refusal));
    refused.putIfAbsent(session, why);
    throw why;
  }

  private static List<Draft> drafts(
      SessionId session, long firstSeq, List<? extends SessionEvent> events) {
    List<Draft> drafts = new ArrayList<>(events.size());
    KeyScope scope = KeyScope.of(session);
    long seq = firstSeq;
    for (SessionEvent event : events) {
      if (!event.session().equals(session)) {
        throw new IllegalArgumentException(
            "session: " + event.session() + " (expected: " + session + ")");
      }
      drafts.add(new Draft(event, scope, session, seq++, Tags.of(event)));
    }
    return drafts;
  }

  private static Urgency urgency(List<? extends SessionEvent> events) {
    return events.stream().allMatch(SessionEvent.SegmentRecorded.class::isInstance)
        ? Urgency.segment
        : Urgency.decision;
  }

  /**
   * What finds a request again stands in the clear and outlives the words: it must not tell who
   * guesses them that he is right.
   */
  private ApprovalCommand.FromEdge blinded(ApprovalCommand.FromEdge command) {
    return command instanceof ApprovalCommand.Request(var id, var held, var expires, var repeat)
            && repeat != null
        ? new ApprovalCommand.Request(id, held, expires, log.blinded(repeat))
        : command;
  }

  @Override
  public CompletionStage<Void> submit(ApprovalCommand.FromEdge command) {
    return commands
        .send(blinded(command))
        .getResultMessage()
        .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .handle((_, failure) -> {
          if (failure != null) {
            throw Failures.refusal(failure);
          }
          return null;
        });
  }
}
