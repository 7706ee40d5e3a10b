package countersign.api.log;

import countersign.api.access.Caller;
import countersign.api.access.Stages;
import countersign.api.access.Visibility;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.log.Integrity;
import countersign.port.MerkleLog;
import countersign.verifier.Malformed;
import countersign.verifier.tree.Tile;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The log in the layout of c2sp.org/tlog-tiles, below {@code /api/v1/log}. A checkpoint is for
 * everybody who may sign in: the more copies of it there are, the better it protects. Tiles and
 * entries are for who sees the metadata of everything ({@code audit}, {@code respond}, {@code
 * administer}), since entries tell which kinds of events happened when.
 */
@Path("/api/v1")
@RunOnVirtualThread
@Tag(name = "log")
public class LogResource {
  private static final String YEAR = "max-age=31536000, immutable";

  private final MerkleLog log;
  private final Caller caller;
  private final Visibility visibility;
  private final boolean publicLog;

  /** Answers from these. */
  @Inject
  public LogResource(
      MerkleLog log,
      Caller caller,
      Visibility visibility,
      @ConfigProperty(name = "countersign.log.public", defaultValue = "false") boolean publicLog) {
    this.log = log;
    this.caller = caller;
    this.visibility = visibility;
    this.publicLog = publicLog;
  }

  /** The newest checkpoint. */
  @GET
  @Path("log/checkpoint")
  @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "checkpoint",
      summary = "The newest checkpoint: a C2SP signed note with the lines of witnesses")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING)))
  public Response checkpoint() {
    return text(
        log.checkpoint()
            .orElseThrow(
                () -> new ProblemException(Problem.Kind.notFound, "no checkpoint was signed yet")));
  }

  /** The log's key. */
  @GET
  @Path("log/vkey")
  @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "logKey",
      summary = "The log's verification key. Keep it: a key asked for again proves nothing")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING)))
  public Response vkey() {
    return text(log.vkey() + "\n");
  }

  private static Response text(String body) {
    return Response.ok(body, "text/plain; charset=utf-8").build();
  }

  /** A tile or a bundle of entries. */
  @GET
  @Path("log/tile/{path:[0-9a-z./]{1,60}}")
  @Produces({MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "tile",
      summary =
          "Hashes of a tile (L/N or L/N.p/W) or leaves' bytes (entries/N), as tlog-tiles names them")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM,
              schema = @Schema(type = SchemaType.STRING, format = "binary")))
  public Response tile(@PathParam("path") String path) {
    if (!publicLog && !visibility.seesEverything(caller.principal())) {
      throw new ProblemException(
          Problem.Kind.forbidden, "the log's tiles ask for the power audit, respond or administer");
    }
    Tile.Named named;
    try {
      named = Tile.parse("tile/" + path);
    } catch (Malformed e) {
      throw new ProblemException(Problem.Kind.notFound, String.valueOf(e.getMessage()));
    }
    Tile tile = named.tile();
    Optional<byte[]> found =
        named.entries()
            ? Stages.await(log.entries(tile.index(), tile.width()))
            : log.tile(tile.level(), tile.index(), tile.width());
    byte[] bytes =
        found.orElseThrow(() ->
            new ProblemException(
                Problem.Kind.notFound, "tile: " + path + " (expected: one that is signed for)"));
    return Response.ok(bytes, MediaType.APPLICATION_OCTET_STREAM)
        .header(HttpHeaders.CACHE_CONTROL, (publicLog ? "public, " : "private, ") + YEAR)
        .build();
  }

  /**
   * How the record stands.
   *
   * @param problems what is wrong, in words only for who sees the metadata of everything
   */
  public record IntegrityView(
      Integrity.State state,
      List<Integrity.Problem> problems,
      long size,
      long signedSize,
      long verified,
      @Schema(nullable = true) @Nullable Instant signedAt,
      @Schema(nullable = true) @Nullable Instant verifiedAt,
      int needed,
      List<Integrity.Witness> witnesses,
      long stampedSize) {}

  /** How the record stands. */
  @GET
  @Path("integrity")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "integrity",
      summary = "Whether the stored events are those that were signed, by the last looks at them")
  public IntegrityView integrity() {
    Integrity now = log.integrity();
    boolean all = visibility.seesEverything(caller.principal());
    return new IntegrityView(
        now.state(),
        all ? now.problems() : List.of(),
        now.size(),
        now.signedSize(),
        now.verified(),
        now.signedAt(),
        now.verifiedAt(),
        now.needed(),
        all ? now.witnesses() : List.of(),
        now.stampedSize());
  }
}
