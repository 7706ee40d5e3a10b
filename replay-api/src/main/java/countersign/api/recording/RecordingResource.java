package countersign.api.recording;

import countersign.api.access.Caller;
import countersign.api.access.Commands;
import countersign.api.access.Paging;
import countersign.api.access.Stages;
import countersign.api.access.Visibility;
import countersign.identity.Principal;
import countersign.view.Page;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.wire.recording.SegmentCodec.Direction;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The bytes of a session, where they stand, and what they said. */
@Path("/api/v1/sessions/{id:[0-9A-Za-z-]+}")
@RunOnVirtualThread
@Tag(name = "recordings")
public class RecordingResource {
  private static final String PCAPNG = "application/x-pcapng";

  private final Views views;
  private final Visibility visibility;
  private final Caller caller;
  private final Commands commands;
  private final Recording recording;
  private final Timelines timelines;
  private final Captures captures;

  /** Answers from these. */
  @Inject
  public RecordingResource(
      Views views,
      Visibility visibility,
      Caller caller,
      Commands commands,
      Recording recording,
      Timelines timelines,
      Captures captures) {
    this.views = views;
    this.visibility = visibility;
    this.caller = caller;
    this.commands = commands;
    this.recording = recording;
    this.timelines = timelines;
    this.captures = captures;
  }

  /** One direction of the recording. */
  @GET
  @Path("recording")
  @Produces({MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "recording",
      summary = "One direction of the recording, byte for byte; takes Range; ETag once closed")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM,
              schema =
                  @Schema(
                      type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                      format = "binary")))
  public Response recording(
      @PathParam("id") String id,
      @QueryParam("direction") @DefaultValue("out") String which,
      @QueryParam("purpose") @DefaultValue("") String purpose,
      @HeaderParam("Range") @Nullable String range,
      @HeaderParam("If-Range") @Nullable String ifRange,
      @HeaderParam("If-None-Match") @Nullable String ifNoneMatch)
      throws IOException {
    Direction direction = direction(which);
    SessionView session = open(id, "recording", purpose);
    Optional<String> tag = recording.digest(session, direction).map(sha -> '"' + sha + '"');
    if (ifNoneMatch != null && tag.isPresent() && ifNoneMatch.contains(tag.get())) {
      return Response.status(Response.Status.NOT_MODIFIED).header("ETag", tag.get()).build();
    }
    long total = Recording.total(session, direction);
    boolean ranged = ifRange == null || tag.filter(ifRange::equals).isPresent();
    Bytes bytes = Bytes.of(ranged ? range : null, total);
    StreamingOutput body =
        out -> recording.write(session, direction, bytes.from(), bytes.to(), out);
    Response.ResponseBuilder response =
        Response.status(bytes.partial() ? 206 : 200)
            .type(MediaType.APPLICATION_OCTET_STREAM)
            .header("Accept-Ranges", "bytes")
            .header("Content-Length", bytes.length())
            .header(
                "Content-Disposition",
                "attachment; filename=\"" + session.id() + "." + direction + ".bin\"")
            .entity(body);
    if (bytes.partial()) {
      response.header("Content-Range", "bytes " + bytes.from() + "-" + bytes.to() + "/" + total);
    }
    tag.ifPresent(value -> response.header("ETag", value));
    return response.build();
  }

  /** Where its pieces stand. */
  @GET
  @Path("recording/index")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "recordingIndex", summary = "Where the pieces of the recording stand")
  public Page<SegmentView> index(@PathParam("id") String id, @BeanParam Paging paging) {
    SessionView session = visibility.session(caller.principal(), id);
    Visibility.requireNotErased(session);
    Page.Request page = paging.request();
    long from = number(page.cursor());
    List<SegmentView> all = Stages.await(views.segments(session.id(), from));
    List<SegmentView> items = all.subList(0, Math.min(page.limit(), all.size()));
    return new Page<>(
        items, all.size() > items.size() ? Long.toString(items.getLast().number() + 1) : null);
  }

  /** The recording in the form of another program. */
  @GET
  @Path("export")
  @Produces({PCAPNG, MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "exportRecording",
      summary = "The whole recording in the form of another program; pcapng: for Wireshark")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = PCAPNG,
              schema =
                  @Schema(
                      type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                      format = "binary")))
  public Response export(
      @PathParam("id") String id,
      @QueryParam("format") @DefaultValue("") String format,
      @QueryParam("purpose") @DefaultValue("") String purpose) {
    if (!format.equals("pcapng")) {
      throw new IllegalArgumentException("format: " + format + " (expected: pcapng)");
    }
    Captures.require(visibility.session(caller.principal(), id));
    SessionView session = open(id, "export", purpose);
    StreamingOutput body = out -> captures.write(session, out);
    return Response.ok(body)
        .type(PCAPNG)
        .header("Content-Disposition", "attachment; filename=\"" + session.id() + ".pcapng\"")
        .build();
  }

  /** What was said. */
  @GET
  @Path("timeline")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "timeline",
      summary = "The recording as exchanges: what was asked and what the caller saw")
  public Page<TimelineItem> timeline(
      @PathParam("id") String id,
      @QueryParam("purpose") @DefaultValue("") String purpose,
      @BeanParam Paging paging) {
    SessionView session = open(id, "timeline", purpose);
    return timelines.page(session, paging.request());
  }

  private SessionView open(String id, String what, String purpose) {
    Principal by = caller.principal();
    SessionView session = visibility.session(by, id);
    visibility.requireContent(by, session, purpose);
    recording.awaitIndex(session);
    commands.openContent(by, session.id(), what, purpose);
    return session;
  }

  private static Direction direction(String text) {
    return switch (text) {
      case "in" -> Direction.in;
      case "out" -> Direction.out;
      default ->
          throw new IllegalArgumentException("direction: " + text + " (expected: in or out)");
    };
  }

  private static long number(@Nullable String cursor) {
    try {
      return cursor == null ? 0 : Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("cursor: (expected: next of the page before)", e);
    }
  }
}
