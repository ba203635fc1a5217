package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that come with qrepo are whole, and a rule that is not is refused. */
class RuleBookTest {
  private static final RuleBook BOOK = RuleBook.standard();
  private static final Pattern HOLE = Pattern.compile("\\$\\{([a-z]+)}");
  private static final Pattern SOURCE =
      Pattern.compile("guide|tried|split-gpg|([A-Za-z0-9-]+)?#[0-9]+|[A-Za-z0-9_./-]{6,}");

  /** The known failures, one for each, in the order in which they were collected. */
  private static final List<String> KNOWN =
      List.of(
          "duplicate-target",
          "xorg-bound",
          "xorg-abi",
          "python-bound",
          "pulsecore-headers",
          "makedepends-bound",
          "dependencies-missing",
          "pulseaudio-upgrade",
          "meta-packages-missing",
          "component-order",
          "component-not-built",
          "xenstore-permission",
          "nodev-mount",
          "built-as-root",
          "arch-release-key",
          "prepare-silent-stop",
          "mirror-stale",
          "mirror-dead",
          "chroot-keyring",
          "key-unknown",
          "database-signature",
          "empty-signature",
          "armored-signature",
          "drop-in-unreadable",
          "repository-twice",
          "updates-proxy",
          "makepkg-failed",
          "download-truncated",
          "no-signed-tag",
          "no-signing-key",
          "unsigned-publish",
          "min-age",
          "template-signature",
          "template-header-unsigned",
          "template-listing",
          "template-dnf",
          "postinstall-failed",
          "missing-cmp",
          "split-gpg-refused",
          "split-gpg-limit");

  static Stream<Rule> rules() {
    return BOOK.rules().stream();
  }

  @Test
  void holdsEveryKnownFailure() {
    assertThat(BOOK.rules()).extracting(Rule::id).containsAll(KNOWN).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isWhole(Rule rule) {
    assertThat(rule.cause()).matches("[^\n]{20,130}").doesNotEndWith(".").doesNotContain("${");
    assertThat(rule.fix()).isNotEmpty().allMatch(line -> line.length() > 10);
    assertThat(rule.where()).isNotEmpty();
    assertThat(rule.sources()).isNotEmpty().allMatch(SOURCE.asMatchPredicate());
  }

  /** What a fix names is a hole of each of the lines that show the failure, or of one above. */
  @ParameterizedTest
  @MethodSource("rules")
  void fillsItsHoles(Rule rule) {
    Set<String> named =
        Stream.concat(rule.bound().stream(), rule.fix().stream())
            .flatMap(line -> HOLE.matcher(line).results().map(hole -> hole.group(1)))
            .collect(Collectors.toSet());
    Set<String> above =
        rule.contexts().stream()
            .flatMap(c -> c.pattern().holes().stream())
            .collect(Collectors.toSet());
    for (LinePattern pattern : rule.matches()) {
      Set<String> known = new HashSet<>(above);
      known.addAll(pattern.holes());
      assertThat(known).as("holes of " + pattern).containsAll(named);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cause: too early                                             | line 1: stands above the first [id]
          [Not Kebab]                                                  | line 1: no kebab-case id: Not Kebab
          [a]~fox                                                      | line 2: neither [id] nor key: value
          [a]~colour: red                                              | line 2: unknown key colour
          [a]~kind: worse                                              | line 2: No enum constant
          [a]~where: moon                                              | line 2: No enum constant
          [a]~match: {x} begins                                        | line 2: begins neither with a text nor with ^
          [a]~match: text {a}{b}                                       | line 2: two holes without a text between them
          [a]~match: a{b}c                                             | line 2: no text of 3 characters
          [a]~match: text {Upper}                                      | line 2: no name of a hole
          [a]~before: text | line 2: before takes a number of lines
          [a]~before: many text                                        | line 2: For input string
          [a]~match: text                                              | a has no match, no where
          """)
  void refusesWhatIsNoRule(String text, String reason) {
    assertThatThrownBy(() -> RuleBook.parse(text.replace('~', '\n')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesTwoOfOneName() {
    String rule = "[a]\nmatch: text\nwhere: make\ncause: c\nfix: f\nsource: guide\n";
    assertThat(RuleBook.parse(rule).rules()).hasSize(1);
    assertThatThrownBy(() -> RuleBook.parse(rule + rule))
        .hasMessageContaining("two rules are called a");
  }
}
