package countersign.api;

import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** What the OpenAPI document says of the API as a whole. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Countersign",
            version = "1",
            description =
                "Sessions, held operations, recordings. Errors are problem documents (RFC 9457) of"
                    + " type urn:countersign:problem:<name>. Lists answer items and next.",
            license = @License(name = "Apache-2.0")),
    security = {@SecurityRequirement(name = "bearer"), @SecurityRequirement(name = "cookie")})
@SecurityScheme(
    securitySchemeName = "bearer",
    type = SecuritySchemeType.HTTP,
    scheme = "bearer",
    bearerFormat = "JWT")
@SecurityScheme(
    securitySchemeName = "cookie",
    type = SecuritySchemeType.APIKEY,
    in = SecuritySchemeIn.COOKIE,
    apiKeyName = "countersign")
public final class Documentation {
  private Documentation() {}
}
