package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For each rule there is {@code ID.log}, in which each of its lines stands, and {@code
 * ID.near-miss.log}, which looks alike and is something else.
 */
class ExcerptsTest {
  private static final Path EXCERPTS = Path.of("src/test/resources/diagnosis");

  static Stream<Rule> rules() {
    return RuleBook.standard().rules().stream();
  }

  private static List<Diagnosed> diagnose(Path log) throws IOException {
    return Diagnosis.of(List.of(log), Optional.empty());
  }

  private static List<String> lines(Path log) throws IOException {
    return Files.readAllLines(log);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isFound(Rule rule) throws IOException {
    Path log = EXCERPTS.resolve(rule.id() + ".log");
    Diagnosed diagnosed =
        diagnose(log).stream().filter(d -> d.id().equals(rule.id())).findFirst().orElseThrow();
    List<String> lines = lines(log);
    String line = lines.get((int) diagnosed.first().line() - 1);
    assertThat(diagnosed.first().text()).isEqualTo(line.strip());
    assertThat(diagnosed.first().log()).isEqualTo(log.toString());
    assertThat(diagnosed.last().line()).isBetween(diagnosed.first().line(), (long) lines.size());
    assertThat(diagnosed.finding().details()).contains(diagnosed.first().text());
    assertThat(diagnosed.fix()).noneMatch(fix -> fix.contains("${"));
  }

  /** A pattern that no excerpt shows may as well not be there. */
  @ParameterizedTest
  @MethodSource("rules")
  void showsEachOfItsLines(Rule rule) throws IOException {
    List<String> lines = lines(EXCERPTS.resolve(rule.id() + ".log"));
    for (LinePattern pattern : rule.matches()) {
      assertThat(lines)
          .as("lines for " + pattern)
          .anyMatch(line -> pattern.match(line).isPresent());
    }
    for (Rule.Context context : rule.contexts()) {
      boolean mustNot = context.relation() == Rule.Relation.UNLESS;
      List<String> where = mustNot ? lines(EXCERPTS.resolve(rule.id() + ".near-miss.log")) : lines;
      if (context.relation() != Rule.Relation.ABOVE) {
        assertThat(where)
            .as("lines for " + context.pattern())
            .anyMatch(line -> context.pattern().match(line).isPresent());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isNotFoundInWhatLooksAlike(Rule rule) throws IOException {
    Path log = EXCERPTS.resolve(rule.id() + ".near-miss.log");
    assertThat(diagnose(log)).extracting(Diagnosed::id).doesNotContain(rule.id());
    String text = Files.readString(log);
    Set<String> words =
        rule.patterns().stream()
            .flatMap(p -> Arrays.stream(p.replaceAll("\\{[^}]*}", " ").split("[^A-Za-z-]+", -1)))
            .filter(word -> word.length() > 2)
            .collect(Collectors.toSet());
    assertThat(words).as("words of the rule").anyMatch(text::contains);
  }

  @Test
  void hasNoExcerptOfARuleThatIsGone() throws IOException {
    Set<String> ids = rules().map(Rule::id).collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(EXCERPTS)) {
      assertThat(
              files.map(f -> f.getFileName().toString().replaceFirst("(\\.near-miss)?\\.log$", "")))
          .allMatch(ids::contains);
    }
  }

  /** All excerpts in one log, with colours and progress bars: each is still found, once. */
  @Test
  void isFoundAmongAllOthers() throws IOException {
    Diagnosis diagnosis = new Diagnosis(RuleBook.standard());
    StringBuilder all = new StringBuilder();
    for (Rule rule : rules().toList()) {
      for (String line : lines(EXCERPTS.resolve(rule.id() + ".log"))) {
        String coloured =
            line.replaceFirst("^(==>|error:|warning:|::)", "\033[1;31m$1\033[0m\033[1m");
        all.append("downloading 10%\rdownloading 99%\r").append(coloured).append("\033[0m\r\n");
      }
      all.append("an ordinary line\n".repeat(50));
    }
    byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
    diagnosis.read("all", new ByteArrayInputStream(bytes));
    assertThat(diagnosis.result(Optional.empty()))
        .extracting(Diagnosed::id)
        .containsExactlyInAnyOrderElementsOf(rules().map(Rule::id).toList());
  }
}
