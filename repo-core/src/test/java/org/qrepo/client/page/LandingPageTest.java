package org.qrepo.client.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.client.ClientSteps;
import org.qrepo.client.DropIn;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.ServerUrl;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.RepositoryName;

class LandingPageTest {
  private static final Instant TIME = Instant.parse("2026-11-22T10:20:30Z");
  private static final Fingerprint KEY =
      new Fingerprint("0123456789ABCDEF0123456789ABCDEF01234567");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "<!-- -->",
        "]]>",
        "&lt;"
      })
  void whateverAPackageSaysIsText(String hostile) {
    String plain = html(facts("Owner", List.of(pack("a", ""))));
    String page = html(facts(hostile, List.of(pack("a", hostile))));

    assertThat(tags(page)).isEqualTo(withDescription(tags(plain)));
    assertThat(page).doesNotContain(hostile.equals("]]>") ? "]]><" : hostile + "<");
  }

  /** Random text never makes a tag or an attribute more. */
  @Test
  void noTextChangesTheStructure() {
    Random random = new Random(7);
    String alphabet = "<>&\"'=/!-[] \n\t\u0000\u001b\u202e\ud800abcscriptonload";
    List<String> expected = tags(html(facts("x", List.of(pack("a", "x")))));
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder("x");
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String page = html(facts(text.toString(), List.of(pack("a", text.toString()))));
      assertThat(tags(page)).as("text %s", text).isEqualTo(expected);
      assertThat(page).doesNotContain("\u0000", "\u001b");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a-1.0-1-any.pkg.tar.zst, ./a-1.0-1-any.pkg.tar.zst",
    "libq++-1:2.0+x-1-any.pkg.tar.zst, ./libq++-1:2.0+x-1-any.pkg.tar.zst",
    "a b?c#d%e.zst, ./a%20b%3Fc%23d%25e.zst",
    "javascript:alert(1), ./javascript:alert%281%29",
    "ä, ./%C3%A4"
  })
  void addressesOfFilesStayInTheFolder(String file, String address) {
    assertThat(HtmlPath.relative(file)).isEqualTo(address);
  }

  @Test
  void theSameFactsGiveTheSameBytes() {
    RepositoryFacts facts = facts("Owner", List.of(pack("a", "d"), pack("b", "e")));
    assertThat(LandingPage.of(facts)).isEqualTo(LandingPage.of(facts));
    assertThat(RepositoryJson.of(facts)).isEqualTo(RepositoryJson.of(facts));
  }

  @Test
  void nothingIsAskedOfOthers() {
    String page = html(facts("Owner", List.of(pack("a", "d"))));
    assertThat(page)
        .contains("default-src &#39;none&#39;")
        .doesNotContain("src=\"http", "@import", "url(http", "<iframe", "fetch(");
  }

  @Test
  void programsGetTheSameFacts() throws IOException {
    List<String> texts = new ArrayList<>();
    try (JsonParser json =
        new JsonFactory()
            .createParser(RepositoryJson.of(facts("Öwner \"x\"", List.of(pack("a", "<d>")))))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue() || token == JsonToken.FIELD_NAME) {
          texts.add(json.getText());
        }
      }
    }
    assertThat(texts)
        .containsSubsequence("schema", "qrepo.repository/1")
        .containsSubsequence("fingerprint", KEY.hex(), "owner", "Öwner \"x\"")
        .containsSubsequence("packages", "name", "a", "description", "<d>", "size", "123")
        .containsSubsequence("updated", TIME.toString());
  }

  @Test
  void anEmptyRepositoryHasAPageToo() {
    assertThat(html(facts("Owner", List.of())))
        .contains("There are none yet")
        .contains("0 packages");
  }

  private static String html(RepositoryFacts facts) {
    return new String(LandingPage.of(facts), StandardCharsets.UTF_8);
  }

  /** Every tag with the names of its attributes. */
  private static List<String> tags(String page) {
    String body = page.substring(page.indexOf("<body>"));
    return java.util.regex.Pattern.compile("<[^>]*>")
        .matcher(body)
        .results()
        .map(found -> found.group().replaceAll("=\"[^\"]*\"", ""))
        .toList();
  }

  /** A package without a description has one element less. */
  private static List<String> withDescription(List<String> tags) {
    List<String> more = new ArrayList<>(tags);
    int row = more.indexOf("<tbody>") + 4;
    more.addAll(row + 1, List.of("<p>", "<bdi>", "</bdi>", "</p>"));
    return more;
  }

  private static PackageFacts pack(String name, String description) {
    return new PackageFacts(
        name,
        "1.0-1",
        "any",
        description,
        Optional.empty(),
        List.of("MIT"),
        123,
        456,
        Optional.of(TIME),
        name + "-1.0-1-any.pkg.tar.zst",
        Optional.empty());
  }

  private static List<Instruction> setup(RepositoryName name) {
    DropIn dropIn =
        DropIn.of(
            name,
            DropInPriority.OVERRIDE,
            Optional.empty(),
            List.of(new ServerUrl("https://example.org/r")));
    ClientSteps steps = new ClientSteps(dropIn, List.of(KEY), new PackageName("r-keyring"));
    return new Setup(steps, URI.create("https://example.org/r/r.asc"), false).steps();
  }

  private static RepositoryFacts facts(String owner, List<PackageFacts> packages) {
    URI server = URI.create("https://example.org/r");
    RepositoryName name = new RepositoryName("r");
    return new RepositoryFacts(
        name,
        Optional.of("About"),
        List.of(server),
        List.of(new KeyFacts(KEY, owner, Optional.empty(), KeyFacts.State.CURRENT)),
        new GenerationId("0123456789abcdef"),
        7,
        TIME,
        packages,
        List.of(
            new TemplateFacts(
                "t-x", "4.3-1", 5_000_000, Optional.of(TIME), Optional.empty(), "qvm-template x")),
        setup(name),
        List.of());
  }
}
