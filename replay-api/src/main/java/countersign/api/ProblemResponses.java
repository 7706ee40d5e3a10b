package countersign.api;

import countersign.api.problem.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Says of every operation that whatever else it answers is a problem document. */
@OpenApiFilter
public class ProblemResponses implements OASFilter {
  private static final String REFERENCE = "#/components/schemas/Problem";

  @Override
  public Operation filterOperation(Operation operation) {
    APIResponse problem =
        OASFactory.createAPIResponse()
            .description("A problem document")
            .content(
                OASFactory.createContent()
                    .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                            .schema(OASFactory.createSchema().ref(REFERENCE))));
    operation.getResponses().addAPIResponse("default", problem);
    return operation;
  }

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Components components = document.getComponents();
    components.addSchema(
        "Problem",
        OASFactory.createSchema()
            .addType(Schema.SchemaType.OBJECT)
            .description("RFC 9457")
            .addProperty("type", text().format("uri"))
            .addProperty("title", text())
            .addProperty("status", OASFactory.createSchema().addType(Schema.SchemaType.INTEGER))
            .addProperty("detail", text()));
  }

  private static Schema text() {
    return OASFactory.createSchema().addType(Schema.SchemaType.STRING);
  }
}
