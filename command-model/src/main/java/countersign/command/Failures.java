package countersign.command;

import countersign.approval.ApprovalRefused;
import countersign.port.AppendRefused;
import countersign.retention.RetentionRefused;
import countersign.session.SessionRefused;
import java.util.concurrent.TimeoutException;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.jboss.logging.Logger;

/** What a failed command means to who sent it. */
public final class Failures {
  private static final Logger LOG = Logger.getLogger(Failures.class);
  private static final int DEEPEST = 10;

  private Failures() {}

  /**
   * Returns the refusal inside a failure.
   *
   * @return {@link ApprovalRefused}, {@link SessionRefused}, {@link RetentionRefused}, {@link
   *     AppendRefused}, or {@link IllegalArgumentException} for a command that is not well formed;
   *     anything else is a defect or a store that did not answer and becomes {@code storeDown}
   */
  public static RuntimeException refusal(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEEPEST && cause != null; depth++) {
      switch (cause) {
        case ApprovalRefused refused -> {
          return refused;
        }
        case SessionRefused refused -> {
          return refused;
        }
        case RetentionRefused refused -> {
          return refused;
        }
        case AppendRefused refused -> {
          return refused;
        }
        case IllegalArgumentException wrong -> {
          return wrong;
        }
        case AppendEventsTransactionRejectedException _ -> {
          return new AppendRefused(
              AppendRefused.Reason.condition, "somebody else was first, again and again");
        }
        case TimeoutException _ -> {
          return new AppendRefused(
              AppendRefused.Reason.storeDown, "the store did not answer in time");
        }
        default -> cause = cause.getCause();
      }
    }
    LOG.error("command failed", failure);
    return new AppendRefused(
        AppendRefused.Reason.storeDown,
        "the command failed: " + failure.getClass().getSimpleName());
  }

  /** Whether somebody else was first, so that looking again may help. */
  static boolean lostRace(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEEPEST && cause != null; depth++) {
      if (cause instanceof AppendEventsTransactionRejectedException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
