package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.qrepo.sign.SignatureFault.Reaction;
import org.qrepo.sign.SignatureFault.Severity;

/**
 * The tables of {@code docs/verify.md} are the constants of {@link SignatureFault}. With {@code
 * -Dtranscripts.update=true} they are written anew, to be read and committed.
 */
class FaultTableTest {
  private static final Path PAGE = Path.of("../docs/verify.md");

  @Test
  void theManualListsEveryFault() throws IOException {
    String page = Files.readString(PAGE);
    String fresh = page;
    for (Severity severity : Severity.values()) {
      fresh = withTable(fresh, severity);
    }
    if (Boolean.getBoolean("transcripts.update")) {
      Files.writeString(PAGE, fresh);
    }
    assertThat(page).isEqualTo(fresh);
  }

  private static String withTable(String page, Severity severity) {
    String begin = "<!-- " + severity.word() + "s -->\n";
    String end = "<!-- end -->";
    int from = page.indexOf(begin);
    assertThat(from).as(begin).isNotNegative();
    int to = page.indexOf(end, from);
    return page.substring(0, from) + begin + table(severity) + page.substring(to);
  }

  private static String table(Severity severity) {
    List<String> rows =
        Arrays.stream(SignatureFault.values())
            .filter(f -> f.severity() == severity)
            .map(FaultTableTest::row)
            .toList();
    return "| finding | what is wrong | pacman | what to do |\n|---|---|---|---|\n"
        + rows.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(SignatureFault fault) {
    return "| `%s` | %s | %s | %s |"
        .formatted(fault.id(), fault.meaning(), pacman(fault), named(fault.remedy()));
  }

  private static String pacman(SignatureFault fault) {
    String reactions =
        fault.ofPackage().equals(fault.ofDatabase())
            ? reaction(fault.ofPackage())
            : "packages: "
                + reaction(fault.ofPackage())
                + "; databases: "
                + reaction(fault.ofDatabase());
    return reactions + fault.why().map(why -> " (" + why + ")").orElse("");
  }

  private static String reaction(Reaction reaction) {
    Optional<String> line = reaction.line().map(l -> "`" + named(l) + "`");
    return line.map(l -> reaction.taken() ? l + ", and takes it" : l).orElse("takes it");
  }

  private static String named(String template) {
    return template
        .replace("{file}", "FILE")
        .replace("{name}", "NAME")
        .replace("{user}", "USER")
        .replace("{key}", "KEY");
  }
}
