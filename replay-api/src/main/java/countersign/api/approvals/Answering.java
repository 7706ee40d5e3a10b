package countersign.api.approvals;

import countersign.api.access.Commands;
import countersign.api.access.Stages;
import countersign.approval.ApprovalCommand;
import countersign.port.Feed;
import countersign.view.ApprovalView;
import countersign.view.Views;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Sends a person's answer and waits until the read model shows it. */
@ApplicationScoped
public class Answering {
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private final Commands commands;
  private final Views views;

  /** Sends and looks through these. */
  @Inject
  public Answering(Commands commands, Views views) {
    this.commands = commands;
    this.views = views;
  }

  /**
   * Sends the answer.
   *
   * @param before the approval as it was
   * @return the approval with the answer in it; as it is known after 3 seconds if the read model
   *     does not follow by then. The answer itself is durable in either case
   */
  public ApprovalView answer(ApprovalView before, ApprovalCommand.FromPerson command) {
    Semaphore moved = new Semaphore(0);
    try (Feed.Subscription _ =
        views.onChange(change -> {
          if (change.view().equals("approvals") && change.id().equals(before.id())) {
            moved.release();
          }
        })) {
      commands.send(command);
      long deadline = System.nanoTime() + LONGEST.toNanos();
      ApprovalView now = look(before);
      while (!answered(before, now)) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !moved.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          break;
        }
        moved.drainPermits();
        now = look(before);
      }
      return now;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return look(before);
    }
  }

  private ApprovalView look(ApprovalView before) {
    return Stages.await(views.approval(before.id())).orElse(before);
  }

  private static boolean answered(ApprovalView before, ApprovalView now) {
    return !now.state().equals(before.state()) || now.answers().size() > before.answers().size();
  }
}
