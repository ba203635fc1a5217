package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.qrepo.alpm.SamplePackage;

/**
 * The landing page as a real browser shows it, behind a real web server: on a phone and a desktop,
 * with and without scripts, light and dark.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LandingPageIT {
  private static final String HOSTILE =
      "</td><script>document.title='owned'</script>\"'><img src=x onerror=alert(1)> &amp; \u202eback";
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final Scratch scratch = new Scratch();
  private Publisher publisher;
  private Web web;
  private Browser browser;

  @BeforeAll
  void publish() throws IOException {
    publisher = new Publisher(scratch, "pointer");
    List<Path> packages = packages();
    publisher.publish(packages.get(0)).expectSuccess();
    web =
        Web.start(
            Web.Kind.NGINX,
            publisher.qrepo(),
            scratch.path().resolve("w"),
            publisher.tree(),
            Publisher.NAME);
    Files.writeString(
        scratch.path().resolve("home/qrepo.yml"),
        "    server: %s%n    page: true%n".formatted(web.url()),
        StandardOpenOption.APPEND);
    publisher.publish(packages).expectSuccess();
    browser = new Browser(scratch.path().resolve("profile"));
  }

  private List<Path> packages() {
    Path folder = scratch.folder("packages");
    return List.of(
        SamplePackage.of("hello", "1.0-1").description("Says hello").writeTo(folder),
        SamplePackage.of("hostile", "1-1")
            .description(HOSTILE)
            .url("javascript:alert(1)")
            .writeTo(folder),
        SamplePackage.of("libq++", "1:20261122.2+x-1")
            .description("A library, " + "of which there is much to say, ".repeat(12))
            .url("https://example.org/libq?a=1&b=2")
            .writeTo(folder));
  }

  @AfterAll
  void tidy() throws Exception {
    browser.close();
    web.close();
    publisher.close();
    scratch.close();
  }

  static Stream<Arguments> ways() {
    return Stream.of(390, 1280)
        .flatMap(
            width ->
                Stream.of(true, false)
                    .flatMap(
                        scripts ->
                            Stream.of("light", "dark")
                                .map(scheme -> Arguments.of(width, scripts, scheme))));
  }

  @ParameterizedTest(name = "{0} pixels, scripts: {1}, {2}")
  @MethodSource("ways")
  void everybodyCanReadIt(int width, boolean scripts, String scheme) {
    open(width, scripts, scheme);
    browser.screenshot(
        SCREENSHOTS.resolve(width + "-" + scheme + (scripts ? "" : "-without-scripts") + ".png"));

    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(url -> url.startsWith(web.url()) || url.startsWith("data:"));
    assertThat(browser.driver().getTitle()).isEqualTo("t: a pacman repository");
    assertThat(rows()).hasSize(3).allMatch(WebElement::isDisplayed);
    assertThat(text("main"))
        .contains("Says hello", HOSTILE, publisher.fingerprint())
        .contains("pacman-key --lsign-key " + publisher.fingerprint());
    assertThat(browser.driver().findElement(By.id("search")).isDisplayed()).isEqualTo(scripts);
    assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
    assertThat(isDark()).isEqualTo(scheme.equals("dark"));
  }

  @Test
  void aVersionStandsOnOneLine() {
    open(1280, true, "light");
    assertThat(browser.driver().findElements(By.cssSelector("td:nth-child(2)")))
        .hasSize(3)
        .allSatisfy(version -> assertThat(lines(version)).as(version.getText()).isEqualTo(1));
  }

  /** How many lines a text takes. */
  private long lines(WebElement element) {
    return number(
        "(r => { r.selectNodeContents(arguments[0]); return r.getClientRects().length; })"
            + "(document.createRange())",
        element);
  }

  @ParameterizedTest
  @CsvSource({"390, light", "390, dark", "1280, light", "1280, dark"})
  void noBarrierIsFound(int width, String scheme) {
    open(width, true, scheme);
    assertThat(new AxeBuilder().analyze(browser.driver()).getViolations()).isEmpty();
  }

  @Test
  void theSearchFindsWordsInAnyOrder() {
    open(1280, true, "light");
    WebElement words = browser.driver().findElement(By.id("words"));

    words.sendKeys("LIBRARY libq");
    assertThat(rows().stream().filter(WebElement::isDisplayed).map(WebElement::getText))
        .singleElement()
        .satisfies(row -> assertThat(row).contains("libq++", "1:20261122.2+x-1"));
    assertThat(text("#found")).isEqualTo("1 of 3 packages");

    words.clear();
    words.sendKeys("x");
    words.sendKeys("\b");
    assertThat(rows()).allMatch(WebElement::isDisplayed);
    assertThat(text("#found")).isEmpty();
  }

  @Test
  void linksLeadToThePackagesAndNowhereElse() throws Exception {
    open(1280, true, "light");
    List<String> links =
        browser.driver().findElements(By.tagName("a")).stream()
            .map(link -> String.valueOf(link.getDomProperty("href")))
            .toList();
    assertThat(links).noneMatch(link -> link.startsWith("javascript"));
    assertThat(links).contains("https://example.org/libq?a=1&b=2");

    for (String name : List.of("hello-1.0-1-any", "libq++-1:20261122.2+x-1-any")) {
      String file = name + ".pkg.tar.zst";
      String link = links.stream().filter(l -> l.endsWith(file)).findFirst().orElseThrow();
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(link)).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(Files.readAllBytes(publisher.tree().resolve(file)));
    }
  }

  /** What is looked for would be found. */
  @Test
  void theBrowserTellsOfWhatIsWrong() throws IOException {
    String elsewhere = web.url().replace("127.0.0.1", "localhost") + "/x.png";
    Files.writeString(
        publisher.tree().resolve("bad.html"),
        "<html><body><img src='%s'><script>nothing()</script></body></html>".formatted(elsewhere));
    open(1280, true, "light");
    browser.requests();
    browser.driver().get(web.url() + "/bad.html");
    assertThat(browser.complaints()).isNotEmpty();
    assertThat(browser.requests()).contains(elsewhere);
    assertThat(new AxeBuilder().analyze(browser.driver()).getViolations()).isNotEmpty();
  }

  private void open(int width, boolean scripts, String scheme) {
    browser.screen(width, 900);
    browser.prefer(scheme);
    browser.scripts(scripts);
    browser.requests();
    browser.complaints();
    browser.driver().get(web.url() + "/");
  }

  private List<WebElement> rows() {
    return browser.driver().findElements(By.cssSelector("tbody tr"));
  }

  private String text(String selector) {
    return browser.driver().findElement(By.cssSelector(selector)).getText();
  }

  private long number(String expression, Object... arguments) {
    return ((Number) browser.driver().executeScript("return " + expression, arguments)).longValue();
  }

  private boolean isDark() {
    return "rgb(18, 24, 30)"
        .equals(
            browser
                .driver()
                .executeScript("return getComputedStyle(document.body).backgroundColor"));
  }
}
