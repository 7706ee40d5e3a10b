package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.DutyEvent;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.target.Target;
import countersign.target.TargetEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RulebookChangesTest {

  private static Rulebook after(Rulebook before, List<Event> changes) {
    Map<String, Duty> duties = new HashMap<>(before.duties());
    Map<String, Target> targets = new HashMap<>(before.targets());
    Rulebook directory = before;
    for (Event change : changes) {
      switch (change) {
        case DutyEvent.Declared declared -> duties.put(declared.duty().name(), declared.duty());
        case DutyEvent.Removed removed -> duties.remove(removed.name());
        case TargetEvent.Declared declared ->
            targets.put(declared.target().name(), declared.target());
        case TargetEvent.Removed removed -> targets.remove(removed.name());
        case DutyEvent.DirectoryDeclared declared ->
            directory =
                new Rulebook(
                    0, Map.of(), Map.of(), declared.people(), declared.agents(), declared.powers());
        default -> throw new AssertionError(change);
      }
    }
    return new Rulebook(
        1, duties, targets, directory.people(), directory.agents(), directory.powers());
  }

  @Test
  void leadFromNothingToTheFileAndThenToNothingMore() throws IOException {
    Configuration wanted = ConfigurationFile.read("f.yaml", SamplesTest.sample());
    List<Event> changes = RulebookChanges.between(Rulebook.EMPTY, wanted);
    assertThat(changes).hasSize(5).first().isInstanceOf(DutyEvent.DirectoryDeclared.class);
    Rulebook after = after(Rulebook.EMPTY, changes);
    assertThat(after.duties()).hasSize(3);
    assertThat(RulebookChanges.between(after, wanted)).isEmpty();
    assertThat(after).isEqualTo(SamplesTest.rulebook(wanted));
  }

  @Test
  void removeWhatTheFileNoLongerHasAndChangeOnlyWhatChanged() throws IOException {
    Configuration wanted = ConfigurationFile.read("f.yaml", SamplesTest.sample());
    Rulebook before = SamplesTest.rulebook(wanted);
    Map<String, Duty> duties = new HashMap<>(before.duties());
    duties.put("old", new Duty("old", Set.of("x"), Set.of("orders"), List.of()));
    duties.put("approving", new Duty("approving", Set.of("x"), Set.of("orders"), List.of()));
    Rulebook current =
        new Rulebook(
            3, duties, before.targets(), before.people(), before.agents(), before.powers());
    assertThat(RulebookChanges.between(current, wanted))
        .containsExactly(
            new DutyEvent.Declared("rulebook", before.duties().get("approving"), "config-file"),
            new DutyEvent.Removed("rulebook", "old", "config-file"));
  }
}
