package org.qrepo.client.page;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * One HTML page about a repository, for people. It asks for nothing but itself: style and script
 * stand in it, and its Content-Security-Policy allows just those two. All of it can be read without
 * the script, which adds the search.
 */
public final class LandingPage {
  /** The name under which it is published. */
  public static final String FILE_NAME = "index.html";

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final RepositoryFacts facts;
  private final Markup html = new Markup();

  private LandingPage(RepositoryFacts facts) {
    this.facts = facts;
  }

  /** The page, in UTF-8. The same facts give the same bytes. */
  public static byte[] of(RepositoryFacts facts) {
    return new LandingPage(facts).page().getBytes(StandardCharsets.UTF_8);
  }

  private String page() {
    html.own("<!DOCTYPE html>\n").open("html", "lang", "en").line();
    head();
    html.open("body").line();
    html.element("a", "Skip to the packages", "class", "skip", "href", "#packages").line();
    header();
    html.open("main").line();
    instructions("setup", "Add it in " + count(facts.setup().size(), "step"), facts.setup());
    keys();
    packages();
    templates();
    instructions("recovery", "If your client missed a change of keys", facts.recovery());
    html.close("main").line();
    footer();
    return html.close("body").close("html").line().toString();
  }

  private void head() {
    Inlined style = Inlined.load("page.css");
    Inlined script = Inlined.load("page.js");
    html.open("head").open("meta", "charset", "utf-8").line();
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
    html.open(
            "meta",
            "http-equiv",
            "Content-Security-Policy",
            "content",
            "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src "
                + style.source()
                + "; script-src "
                + script.source())
        .line();
    html.open("meta", "name", "color-scheme", "content", "light dark").line();
    html.open("meta", "name", "referrer", "content", "no-referrer").line();
    html.open("link", "rel", "icon", "href", "data:,").line();
    html.element("title", facts.name() + ": a pacman repository").line();
    html.open("style").own(style.text()).close("style").line();
    html.open("script", "type", "module").own(script.text()).close("script").line();
    html.close("head").line();
  }

  private void header() {
    html.open("header").element("h1", facts.name().value()).line();
    html.element("p", facts.description().orElse("A repository of Arch Linux packages.")).line();
    html.open("p", "class", "facts")
        .text(count(facts.packages().size(), "package"))
        .text(" · last update ")
        .own(time(facts.updated(), MINUTE))
        .close("p")
        .line();
    html.close("header").line();
  }

  private void instructions(String id, String title, List<Instruction> steps) {
    if (steps.isEmpty()) {
      return;
    }
    section(id, title);
    html.open("ol").line();
    for (Instruction step : steps) {
      html.open("li").element("h3", step.title()).line();
      if (!step.explanation().isEmpty()) {
        html.element("p", step.explanation()).line();
      }
      commands(step.title(), step.commands());
      html.close("li").line();
    }
    html.close("ol").close("section").line();
  }

  /** A block that is wider than the screen is scrolled, with the keyboard too. */
  private void commands(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      String label = "Commands: " + title;
      html.open("pre", "tabindex", "0", "role", "region", "aria-label", label)
          .element("code", String.join("\n", lines))
          .close("pre")
          .line();
    }
  }

  private void keys() {
    section("keys", "Keys");
    html.element("p", "Compare the fingerprint with one that you got another way.").line();
    html.open("ul", "class", "keys").line();
    for (KeyFacts key : facts.keys()) {
      html.open("li").element("code", key.fingerprint().grouped()).line();
      html.open("span").element("bdi", key.owner()).text(", " + state(key)).close("span");
      html.close("li").line();
    }
    html.close("ul").line();
    html.open("p")
        .text("As a file: ")
        .element("a", facts.keyFile(), "href", "./" + facts.keyFile());
    html.close("p").close("section").line();
  }

  private static String state(KeyFacts key) {
    return switch (key.state()) {
      case CURRENT ->
          key.expires().map(end -> "valid until " + DAY.format(end)).orElse("does not expire");
      case NEXT -> "will sign in future";
      case REVOKED -> "revoked: nothing that it signed is accepted";
    };
  }

  private void packages() {
    section("packages", "Packages");
    if (facts.packages().isEmpty()) {
      html.element("p", "There are none yet.").close("section").line();
      return;
    }
    search();
    html.open("table").open("thead").open("tr").line();
    for (String column : List.of("Package", "Version", "Architecture", "Size", "Built")) {
      html.element("th", column, "scope", "col");
    }
    html.close("tr").close("thead").line().open("tbody").line();
    facts.packages().forEach(this::row);
    html.close("tbody").close("table").close("section").line();
  }

  /** Hidden until the script can make it work. */
  private void search() {
    html.own("<form id=\"search\" role=\"search\" hidden>")
        .element("label", "Search packages", "for", "words")
        .own(
            "<input id=\"words\" name=\"q\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">")
        .own("<p id=\"found\" role=\"status\"></p></form>")
        .line();
  }

  private void row(PackageFacts one) {
    html.open("tr").open("th", "scope", "row");
    html.element("a", one.name(), "href", HtmlPath.relative(one.fileName()));
    if (!one.description().isEmpty()) {
      html.open("p").element("bdi", one.description()).close("p");
    }
    one.homepage().ifPresent(this::homepage);
    html.close("th").element("td", one.version()).element("td", one.architecture());
    html.element("td", size(one.size()));
    html.open("td").own(one.built().map(t -> time(t, DAY)).orElse("")).close("td");
    html.close("tr").line();
  }

  private void homepage(URI uri) {
    String address = uri.toASCIIString();
    html.open("p").element("a", address, "href", address, "rel", "noopener noreferrer").close("p");
  }

  private void templates() {
    if (facts.templates().isEmpty()) {
      return;
    }
    section("templates", "Templates for Qubes OS");
    html.open("ul", "class", "templates").line();
    for (TemplateFacts template : facts.templates()) {
      html.open("li").element("h3", template.name()).open("p");
      html.text(template.version() + " · " + size(template.size()));
      template.built().ifPresent(t -> html.text(" · built ").own(time(t, DAY)));
      template.file().ifPresent(f -> html.text(" · ").element("a", "RPM", "href", f.toString()));
      html.close("p").line();
      commands("install " + template.name() + " in dom0", List.of(template.install()));
      html.close("li").line();
    }
    html.close("ul").close("section").line();
  }

  private void footer() {
    html.open("footer").open("p").text("Generation ").element("code", facts.generation().value());
    html.text(", number " + facts.sequence() + " · for programs: ");
    html.element("a", RepositoryJson.FILE_NAME, "href", "./" + RepositoryJson.FILE_NAME);
    html.close("p").close("footer").line();
  }

  private void section(String id, String title) {
    html.open("section", "aria-labelledby", id).element("h2", title, "id", id).line();
  }

  private static String time(Instant instant, DateTimeFormatter form) {
    String exact = instant.truncatedTo(ChronoUnit.SECONDS).toString();
    return new Markup().element("time", form.format(instant), "datetime", exact).toString();
  }

  private static String count(int number, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
  }

  private static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    return bytes < 1024 * 1024
        ? String.format(Locale.ROOT, "%.0f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%,.1f MiB", bytes / 1024.0 / 1024.0);
  }
}
