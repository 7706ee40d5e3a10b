package countersign.evidence.make;

import static countersign.evidence.make.Gatewayless.person;
import static countersign.evidence.make.Gatewayless.scope;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceJob.State;
import countersign.evidence.EvidenceRequest;
import countersign.log.LogSettings;
import countersign.session.SessionId;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.witness.Witness;
import countersign.witness.WitnessServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bundle waits for a witness that was away when the checkpoint was shown to it. */
@Timeout(120)
class WitnessedBundleTest {
  @Test
  void theCheckpointOfABundleIsCosignedByAsManyAsMust() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI url = URI.create("http://127.0.0.1:" + port);
    try (Gatewayless gateway = new Gatewayless(List.of(new LogSettings.WitnessAddress(url, "")))) {
      SessionId session = gateway.session("alice", "orders", "select 1");
      EvidenceJob asked =
          gateway.bundles.make(
              new EvidenceRequest(
                  scope(session, "", "", ""), false, "", "yearly audit", person("dana")));
      EvidenceJob waiting = asked;
      while (!waiting.stage().equals("waiting for witnesses")) {
        assertThat(waiting.state()).isIn(State.waiting, State.running);
        Thread.sleep(20);
        waiting = gateway.bundles.job(asked.id());
      }
      Witness witness =
          new Witness(
              VerifierKey.parse(gateway.keeping.vkey()),
              Signer.of("witness.example", VerifierKey.Type.COSIGNATURE, new byte[32]),
              Files.createDirectories(gateway.home.resolve("witness")),
              InstantSource.system());
      try (WitnessServer server =
          WitnessServer.start(
              witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        EvidenceJob job = gateway.ended(asked);

        assertThat(server.port()).isEqualTo(port);
        assertThat(job.state()).as(job.error()).isEqualTo(State.ready);
        try (ZipFile zip = new ZipFile(gateway.file(job).toFile())) {
          byte[] checkpoint = zip.getInputStream(zip.getEntry("log/checkpoint")).readAllBytes();
          assertThat(new String(checkpoint, StandardCharsets.UTF_8))
              .contains("\n\u2014 witness.example ");
        }
      }
    }
  }
}
