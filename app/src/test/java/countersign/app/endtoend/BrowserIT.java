package countersign.app.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An approver's thirty seconds, in a real Chromium. */
final class BrowserIT {
  @Test
  void bobSeesAHeldDeleteArriveApprovesItAndReplaysTheSession() {
    try (RunningDemo demo = RunningDemo.start();
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright.chromium().launch(chromium())) {
      Page page = browser.newPage();
      page.navigate(demo.url() + "/demo/as/bob");
      assertThat(page.getByText("bob").first()).isVisible();

      try (Psql psql =
          Psql.open(
              demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
        psql.type("select id, amount from payments where id = 11;");
        psql.type("delete from payments where id = 10;");
        psql.await("countersign: held apr-");
        Locator statement = page.getByText("delete from payments where id = 10;").first();
        assertThat(statement).isVisible();
        assertThat(page.getByText("alice → agent-ada").or(page.getByText("agent-ada")).first())
            .isVisible();

        statement.click();
        page.getByRole(AriaRole.BUTTON, named("Approve")).first().click();
        page.getByRole(AriaRole.BUTTON, named("Confirm approval")).click();

        psql.await("DELETE 1");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Open session"))
            .first()
            .click();
        psql.type("select 'the ' || 'last';");
        psql.await("the last");
      }
      page.waitForURL(Pattern.compile(".*/sessions/.*"));
      page.getByRole(AriaRole.BUTTON, named("Play")).first().click();
      assertThat(
              page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName("Rows")).first())
          .isVisible();
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of("target", "replay.png")).setFullPage(true));
    }
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static BrowserType.LaunchOptions chromium() {
    Path executable =
        List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no Chromium (apt-get install chromium)"));
    return new BrowserType.LaunchOptions()
        .setExecutablePath(executable)
        .setArgs(
            List.of(
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync"));
  }
}
