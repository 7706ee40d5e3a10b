package countersign.view.pendingapprovals;

import countersign.approval.ApprovalEvent;
import countersign.approval.HeldOperation;
import countersign.identity.Principal;
import countersign.view.ApprovalView;
import countersign.view.projections.Lists;
import countersign.view.projections.Sealed;
import countersign.view.projections.Words;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One approval. */
@Entity
@Table(schema = "view", name = "approvals")
@SuppressWarnings("NullAway.Init")
public class ApprovalRow {
  @Id String id;
  long position;
  String state;

  @Column(name = "session_id")
  UUID session;

  UUID operation;
  String principal;
  List<String> chain;
  List<String> people;
  String protocol;
  String target;
  String database;
  String role;
  String text;
  String binds;
  List<String> effects;
  String rule;
  String why;

  @Column(name = "stated_reason")
  String statedReason;

  String digest;
  List<String> asked;
  int quorum;
  String waiting;

  @Column(name = "in_transaction")
  boolean inTransaction;

  boolean modifiable;

  @Column(name = "modified_text")
  @Nullable String modifiedText;

  String answers;

  @Column(name = "refused_attempts")
  String refusedAttempts;

  @Column(name = "requested_at")
  Instant requestedAt;

  @Column(name = "expires_at")
  Instant expiresAt;

  @Column(name = "ended_at")
  @Nullable Instant endedAt;

  /** For Hibernate. */
  protected ApprovalRow() {}

  ApprovalRow(Sealed sealed, long position, ApprovalEvent.Requested event) {
    HeldOperation held = event.held();
    this.position = position;
    id = event.id().value();
    state = "pending";
    session = event.session().value();
    operation = held.operation().value();
    principal = Words.text(held.principal().name());
    chain = Words.chain(held.principal());
    people = Words.people(held.principal());
    protocol = held.protocol();
    target = Words.text(held.target());
    text =
        sealed.words(
            session,
            Words.text(held.database()),
            Words.text(held.role()),
            Words.text(held.text()),
            Lists.write(
                held.binds().stream().map(bind -> bind == null ? null : Words.text(bind)).toList()),
            Words.text(held.rule()),
            Words.text(held.why()),
            Words.text(held.statedReason()),
            Lists.write(List.of(held.context())));
    database = "";
    role = "";
    binds = "";
    rule = "";
    why = "";
    statedReason = "";
    effects = Words.sorted(held.effects());
    digest = sealed.words(session, held.digest());
    asked = asked(held);
    quorum = held.hold().quorum();
    waiting = held.hold().waiting().name();
    inTransaction = held.inTransaction();
    modifiable = held.modifiable();
    answers = "";
    refusedAttempts = "";
    requestedAt = Words.time(event.at());
    expiresAt = Words.time(event.expires());
  }

  private static List<String> asked(HeldOperation held) {
    Set<String> groups = new TreeSet<>(held.hold().by());
    held.hold().andBy().forEach(groups::addAll);
    return List.copyOf(groups);
  }

  void fold(Sealed sealed, ApprovalEvent event) {
    switch (event) {
      case ApprovalEvent.Requested _ -> {}
      case ApprovalEvent.Approved yes -> {
        answer(sealed, yes.by(), "approved", "", yes.at());
        state = yes.complete() ? "approved" : state;
      }
      case ApprovalEvent.Modified other -> {
        answer(sealed, other.by(), "modified", "", other.at());
        modifiedText = sealed.words(session, Words.text(other.text()));
        state = other.complete() ? "modified" : "pending";
      }
      case ApprovalEvent.Denied no -> {
        answer(sealed, no.by(), "denied", no.reason(), no.at());
        end("denied", no.at());
      }
      case ApprovalEvent.Expired silence -> end("expired", silence.at());
      case ApprovalEvent.Withdrawn back -> end("withdrawn", back.at());
      case ApprovalEvent.Used used -> end("used", used.at());
      case ApprovalEvent.AttemptRefused refused ->
          refusedAttempts =
              with(
                  sealed,
                  refusedAttempts,
                  refused.by(),
                  refused.attempt(),
                  refused.reason(),
                  refused.at());
    }
  }

  private void end(String how, Instant at) {
    state = how;
    endedAt = Words.time(at);
  }

  private void answer(Sealed sealed, Principal by, String kind, String reason, Instant at) {
    answers = with(sealed, answers, by, kind, reason, at);
  }

  private String with(
      Sealed sealed, String list, Principal by, String kind, String reason, Instant at) {
    List<ApprovalView.Answer> all = new ArrayList<>(answers(sealed, list));
    all.add(
        new ApprovalView.Answer(Words.text(by.name()), kind, Words.text(reason), Words.time(at)));
    return sealed.words(session, Lists.write(all));
  }

  private List<ApprovalView.Answer> answers(Sealed sealed, String list) {
    String open = list.isEmpty() ? "" : String.valueOf(sealed.one(session, list));
    return open.isEmpty() ? List.of() : Lists.answers(open);
  }

  ApprovalView view(Sealed sealed) {
    List<@Nullable String> words = sealed.open(session, text, 8);
    String lists = String.valueOf(words.get(3));
    return new ApprovalView(
        id,
        state,
        session.toString(),
        operation.toString(),
        principal,
        chain,
        people,
        protocol,
        target,
        String.valueOf(words.get(0)),
        String.valueOf(words.get(1)),
        String.valueOf(words.get(2)),
        lists.isEmpty() ? List.of() : Lists.binds(lists),
        effects,
        String.valueOf(words.get(4)),
        String.valueOf(words.get(5)),
        String.valueOf(words.get(6)),
        Lists.context(String.valueOf(words.get(7))),
        String.valueOf(sealed.one(session, digest)),
        asked,
        quorum,
        waiting,
        inTransaction,
        modifiable,
        sealed.one(session, modifiedText),
        answers(sealed, answers),
        answers(sealed, refusedAttempts),
        requestedAt,
        expiresAt,
        endedAt);
  }
}
