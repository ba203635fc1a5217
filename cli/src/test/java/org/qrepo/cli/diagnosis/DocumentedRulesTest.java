package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table in {@code docs/diagnose.md} is what the rules say. With {@code
 * -Dtranscripts.update=true} it is written anew.
 */
class DocumentedRulesTest {
  private static final Path PAGE = Path.of("../docs/diagnose.md");
  private static final String BEGIN = "<!-- the rules, written by DocumentedRulesTest -->\n";
  private static final String END = "<!-- end of the rules -->\n";

  @Test
  void areThoseOfTheProgram() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    assertThat(begin).isGreaterThan(BEGIN.length());
    assertThat(end).isGreaterThanOrEqualTo(begin);
    String expected = page.substring(0, begin) + table() + page.substring(end);
    if (Boolean.getBoolean("transcripts.update")) {
      Files.writeString(PAGE, expected);
    } else {
      assertThat(page).isEqualTo(expected);
    }
  }

  private static String table() {
    return "\n| failure | where | what shows it | cause | what to do | known from |\n"
        + "|---|---|---|---|---|---|\n"
        + RuleBook.standard().rules().stream()
            .map(DocumentedRulesTest::row)
            .collect(Collectors.joining())
        + "\n";
  }

  private static String row(Rule rule) {
    String id =
        rule.kind() == Rule.Kind.CAUSE ? rule.id() : rule.id() + " (" + rule.kind().word() + ")";
    List<String> shown =
        rule.patterns().stream().map(p -> "`" + p + "`").collect(Collectors.toList());
    rule.contexts().forEach(c -> shown.add(context(c)));
    String where = rule.where().stream().map(Rule.Where::words).collect(Collectors.joining(", "));
    return cells(
        id,
        where,
        String.join("<br>", shown),
        rule.cause(),
        String.join("<br>", rule.fix()),
        String.join(", ", rule.sources()));
  }

  private static String context(Rule.Context context) {
    String words =
        switch (context.relation()) {
          case BEFORE -> "below";
          case AFTER -> "above";
          case UNLESS -> "not below";
          case ABOVE -> "shown with it:";
        };
    return words + " `" + context.pattern() + "`";
  }

  private static String cells(String... cells) {
    return "| "
        + List.of(cells).stream()
            .map(cell -> cell.replace("|", "\\|"))
            .collect(Collectors.joining(" | "))
        + " |\n";
  }
}
