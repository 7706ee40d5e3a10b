package countersign.api.evidence;

import countersign.api.access.Caller;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.api.recording.Bytes;
import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import countersign.identity.Principal;
import countersign.port.Evidence;
import countersign.view.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Evidence bundles, for who holds {@code audit}; everybody else has no business with them. */
@Path("/api/v1/evidence")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "evidence")
public class EvidenceResource {
  private static final String ID = "{id:[0-9A-Za-z_-]+}";
  private static final int STEP = 1 << 16;

  private final Evidence evidence;
  private final Caller caller;

  /** Answers from these. */
  @Inject
  public EvidenceResource(Evidence evidence, Caller caller) {
    this.evidence = evidence;
    this.caller = caller;
  }

  private Principal auditor() {
    Principal by = caller.principal();
    if (!by.powers().contains("audit")) {
      throw new ProblemException(
          Problem.Kind.forbidden,
          "by: " + by.name() + " (expected: somebody with the power audit)");
    }
    return by;
  }

  /** Asks for a bundle. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "makeEvidence",
      summary = "Asks for an evidence bundle, which is made in the background; needs audit")
  @APIResponse(
      responseCode = "202",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = EvidenceJob.class)))
  public Response make(@Nullable Asking asking) {
    Principal by = auditor();
    if (asking == null) {
      throw new IllegalArgumentException("body: absent (expected: a scope and a purpose)");
    }
    EvidenceJob job = evidence.make(asking.by(by, Instant.now()));
    return Response.accepted(job).location(URI.create("/api/v1/evidence/" + job.id())).build();
  }

  /** Lists them. */
  @GET
  @Operation(operationId = "evidence", summary = "Evidence bundles, newest first, at most 500")
  public Page<EvidenceJob> list() {
    auditor();
    return new Page<>(evidence.jobs(), null);
  }

  /** Shows one. */
  @GET
  @Path(ID)
  @Operation(operationId = "evidenceJob", summary = "One bundle and how far its making is")
  public EvidenceJob one(@PathParam("id") String id) {
    auditor();
    return evidence.job(new EvidenceId(id));
  }

  /** Deletes one. */
  @DELETE
  @Path(ID)
  @Operation(
      operationId = "removeEvidence",
      summary = "Deletes a bundle's file, or ends its making; that it was made stays in the log")
  public EvidenceJob remove(@PathParam("id") String id) {
    auditor();
    return evidence.remove(new EvidenceId(id));
  }

  /** The file. */
  @GET
  @Path(ID + "/bundle")
  @Produces({"application/zip", MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "evidenceBundle",
      summary = "The bundle's file; takes Range; each download is an event")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = "application/zip",
              schema = @Schema(type = SchemaType.STRING, format = "binary")))
  public Response bundle(
      @PathParam("id") String id,
      @HeaderParam("Range") @Nullable String range,
      @HeaderParam("If-Range") @Nullable String ifRange)
      throws IOException {
    Evidence.Bundle bundle = evidence.open(new EvidenceId(id), auditor());
    String tag = '"' + bundle.sha256() + '"';
    Bytes bytes = Bytes.of(ifRange == null || ifRange.equals(tag) ? range : null, bundle.bytes());
    InputStream in = opened(bundle);
    StreamingOutput body =
        out -> {
          try (in) {
            in.skipNBytes(bytes.from());
            copy(in, out, bytes.length());
          }
        };
    Response.ResponseBuilder response =
        Response.status(bytes.partial() ? 206 : 200)
            .type(
                bundle.name().endsWith(".zip")
                    ? "application/zip"
                    : MediaType.APPLICATION_OCTET_STREAM)
            .header("Accept-Ranges", "bytes")
            .header("Content-Length", bytes.length())
            .header("Content-Disposition", "attachment; filename=\"" + bundle.name() + "\"")
            .header("ETag", tag)
            .entity(body);
    if (bytes.partial()) {
      response.header(
          "Content-Range", "bytes " + bytes.from() + "-" + bytes.to() + "/" + bundle.bytes());
    }
    return response.build();
  }

  private static InputStream opened(Evidence.Bundle bundle) throws IOException {
    try {
      return Files.newInputStream(bundle.file());
    } catch (NoSuchFileException e) {
      throw new ProblemException(Problem.Kind.ended, "evidence: its file was deleted");
    }
  }

  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] step = new byte[STEP];
    long left = length;
    while (left > 0) {
      int read = in.read(step, 0, (int) Math.min(STEP, left));
      if (read < 0) {
        throw new IOException("evidence: shorter than it was");
      }
      out.write(step, 0, read);
      left -= read;
    }
  }
}
