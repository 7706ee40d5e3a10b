package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.COMPLETENESS;
import static countersign.verifier.bundle.Report.Outcome.INCOMPLETE;
import static countersign.verifier.bundle.Report.Outcome.PROVEN;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether sessions are whole: their own numbers have no hole, and the end says as many segments and
 * bytes as there are. In a bundle of sessions every session must be whole; in a range of the log
 * one may have begun before or end after.
 */
final class SessionsCheck {
  private final boolean whole;
  private final Map<UUID, State> states = new LinkedHashMap<>();

  SessionsCheck(boolean whole) {
    this.whole = whole;
  }

  private static final class State {
    private long first = -1;
    private long next = -1;
    private long segments;
    private long bytesIn;
    private long bytesOut;
    private boolean unseen;
    private boolean ended;
    private boolean interrupted;
    private final List<String> wrong = new ArrayList<>();

    private void wrong(String what) {
      if (wrong.size() < 3) {
        wrong.add(what);
      }
    }
  }

  /** Adds a leaf; its clear half is absent when it is out of scope. */
  void add(Leaf leaf, Optional<Json> clear) throws Malformed {
    UUID session = leaf.session();
    if (session == null) {
      return;
    }
    State state = states.computeIfAbsent(session, s -> new State());
    if (state.first < 0) {
      state.first = leaf.sessionSeq();
    } else if (leaf.sessionSeq() != state.next) {
      state.wrong("number %d follows %d".formatted(leaf.sessionSeq(), state.next - 1));
    }
    state.next = leaf.sessionSeq() + 1;
    if (state.ended) {
      state.wrong("an event after its end");
    }
    state.unseen |= clear.isEmpty();
    switch (leaf.type()) {
      case "SegmentRecorded" -> {
        if (clear.isPresent()) {
          state.segments++;
          state.bytesIn += clear.get().count("inLength");
          state.bytesOut += clear.get().count("outLength");
        }
      }
      case "SessionClosed" -> {
        state.ended = true;
        if (clear.isPresent() && state.first == 0 && !state.unseen) {
          closed(state, clear.get());
        }
      }
      case "SessionInterrupted" -> {
        state.ended = true;
        state.interrupted = true;
      }
      default -> {
        // Its number is all that matters here.
      }
    }
  }

  private static void closed(State state, Json clear) throws Malformed {
    if (clear.member("segments").isEmpty()) {
      return;
    }
    if (clear.count("segments") != state.segments
        || clear.count("bytesIn") != state.bytesIn
        || clear.count("bytesOut") != state.bytesOut) {
      state.wrong(
          "its end says %d segments, %d bytes in, %d out; here are %d, %d, %d"
              .formatted(
                  clear.count("segments"),
                  clear.count("bytesIn"),
                  clear.count("bytesOut"),
                  state.segments,
                  state.bytesIn,
                  state.bytesOut));
    }
  }

  void finish(Report report) {
    long complete = 0;
    long gaps = 0;
    long partly = 0;
    for (Map.Entry<UUID, State> one : states.entrySet()) {
      State state = one.getValue();
      List<String> wrong = new ArrayList<>(state.wrong);
      if (whole && state.first != 0) {
        wrong.add("begins with number " + state.first);
      }
      if (whole && !state.ended) {
        wrong.add(
            "had not ended at the checkpoint: what followed number %d is not here"
                .formatted(state.next - 1));
      }
      for (String what : wrong) {
        report.add(COMPLETENESS, INCOMPLETE, "session " + one.getKey() + ": " + what);
      }
      if (wrong.isEmpty() && state.first == 0 && state.ended) {
        complete++;
        gaps += state.interrupted ? 1 : 0;
      } else if (wrong.isEmpty()) {
        partly++;
      }
    }
    if (complete > 0) {
      report.add(COMPLETENESS, PROVEN, complete + " sessions are whole, from opening to end");
    }
    if (gaps > 0) {
      report.add(COMPLETENESS, PROVEN, gaps + " of them were interrupted and declare their gap");
    }
    if (partly > 0) {
      report.add(
          COMPLETENESS, PROVEN, partly + " sessions began before or went on after the range");
    }
  }
}
