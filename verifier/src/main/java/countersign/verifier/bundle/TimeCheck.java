package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.TIME;
import static countersign.verifier.bundle.Report.Outcome.CLAIMED;
import static countersign.verifier.bundle.Report.Outcome.INCOMPLETE;
import static countersign.verifier.bundle.Report.Outcome.PROVEN;
import static countersign.verifier.bundle.Report.Outcome.UNTRUSTED;

import countersign.verifier.Malformed;
import countersign.verifier.note.Note;
import countersign.verifier.timestamp.Certificates;
import countersign.verifier.timestamp.TimeStamp;
import countersign.verifier.timestamp.TimeStamp.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** What a bundle's time stamp says, and how far it can be believed. */
final class TimeCheck {
  static final String RESPONSE = "log/checkpoint.tsr";
  static final String CHAIN = "log/tsa-chain.pem";
  private static final int LONGEST_CHAIN = 1 << 20;

  private final ZipReader zip;
  private final List<X509Certificate> authorities;
  private final Report report;

  TimeCheck(ZipReader zip, Trust trust, Report report) {
    this.zip = zip;
    this.authorities = trust.authorities();
    this.report = report;
  }

  void run(Note checkpoint) throws IOException, Malformed {
    if (zip.entries().containsKey(RESPONSE)) {
      stamped(checkpoint);
    } else if (authorities.isEmpty()) {
      report.add(
          TIME, CLAIMED, "not stamped: no time stamping authority says when the checkpoint was");
    } else {
      report.add(TIME, INCOMPLETE, "not stamped by any time stamping authority");
    }
    report.add(
        TIME,
        CLAIMED,
        "the times of single events are the gateway's own clock; they were written before the checkpoint"
            + " was");
  }

  private void stamped(Note checkpoint) throws IOException, Malformed {
    TimeStamp stamp = TimeStamp.read(zip.bytes(RESPONSE, TimeStamp.LONGEST));
    if (!stamp.isOver(checkpoint.toString().getBytes(StandardCharsets.UTF_8))) {
      throw new Malformed(RESPONSE + ": over something else than log/checkpoint");
    }
    List<X509Certificate> chain = Certificates.pem(zip.bytes(CHAIN, LONGEST_CHAIN));
    switch (stamp.signer(chain)) {
      case Signer.Certified(X509Certificate certificate) -> certified(stamp, chain, certificate);
      case Signer.Unknown(String why) ->
          report.add(
              TIME,
              authorities.isEmpty() ? CLAIMED : INCOMPLETE,
              "a time stamp says %s; %s: openssl ts -verify may know (VERIFY.md)"
                  .formatted(stamp.at(), why));
    }
  }

  private void certified(
      TimeStamp stamp, List<X509Certificate> chain, X509Certificate certificate) {
    String signed =
        "the checkpoint was there at %s: stamped by %s"
            .formatted(
                stamp.at(), Malformed.shown(certificate.getSubjectX500Principal().getName()));
    List<X509Certificate> between = new ArrayList<>(stamp.certificates());
    between.addAll(chain);
    if (authorities.isEmpty()) {
      report.add(
          TIME,
          CLAIMED,
          signed
              + ", whom only the bundle vouches for; give --tsa-root with the root you know, or use"
              + " openssl ts -verify (VERIFY.md)");
    } else if (Certificates.vouched(certificate, between, authorities, stamp.at())) {
      report.add(TIME, PROVEN, signed + ", whom your root vouches for");
    } else {
      report.add(TIME, UNTRUSTED, signed + ", whom none of your roots vouches for");
    }
  }
}
