package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/** What builders are told. */
class BuildStepsTest {
  private static final ComponentName A = new ComponentName("core-a");
  private static final ComponentName B = new ComponentName("gui-b");
  private static final BuildDist MINIMAL = BuildDist.parse("archlinux+minimal");

  private final BuildSteps classic =
      new BuildSteps(new BuilderTree(Path.of("/b"), BuilderKind.CLASSIC), MINIMAL);
  private final BuildSteps second =
      new BuildSteps(new BuilderTree(Path.of("/b"), BuilderKind.V2), MINIMAL);

  @Test
  void theClassicBuilderIsDrivenByMake() {
    assertThat(lines(classic.sources()))
        .containsExactly("make remount", "make install-deps", "make get-sources");
    assertThat(classic.packages(A, true).commandLine()).isEqualTo("make core-a-vm");
    assertThat(classic.packages(List.of(A, B), false).commandLine()).isEqualTo("make qubes-vm");
    List<BuildTemplate> templates =
        List.of(BuildTemplate.of(MINIMAL), BuildTemplate.parse("archlinux:mine"));
    assertThat(lines(classic.templates(templates))).containsExactly("make template");
    assertThat(classic.templates(templates).get(0).doing())
        .isEqualTo("Building template archlinux-minimal, mine");
  }

  @Test
  void theSecondIsDrivenByQb() {
    assertThat(lines(second.sources())).containsExactly("./qb -d vm-archlinux package fetch");
    assertThat(second.packages(A, false).commandLine())
        .isEqualTo("./qb -c core-a -d vm-archlinux package fetch prep build");
    assertThat(second.packages(List.of(A, B), true).commandLine())
        .isEqualTo(
            "./qb -o skip-git-fetch=true -c core-a -c gui-b -d vm-archlinux package fetch prep build");
    assertThat(lines(second.templates(List.of(BuildTemplate.of(MINIMAL)))))
        .containsExactly("./qb -t archlinux-minimal template all");
  }

  @Test
  void whatIsShownCanBeTyped() {
    BuildStep step =
        new BuildStep(
            BuildStep.Kind.CLEAN, "x", List.of("rm", "--", "/a b/it's", "", "$x"), Path.of("/"));
    assertThat(step.commandLine()).isEqualTo("rm -- '/a b/it'\\''s' '' '$x'");
    assertThat(step.logName()).isEqualTo("clean");
  }

  @Test
  void choicesThatContradictEachOtherAreRefused() {
    assertThatThrownBy(() -> new Choice(false, Optional.of(A), List.of(B), false))
        .isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> new Choice(false, Optional.empty(), List.of(B), true))
        .isInstanceOf(UsageException.class);
    Choice from = new Choice(false, Optional.of(B), List.of(), false);
    assertThat(from.leaves(A, List.of(A, B))).isTrue();
    assertThat(from.leaves(B, List.of(A, B))).isFalse();
    assertThat(from.forces()).isTrue();
    assertThatThrownBy(() -> from.check(List.of(A)))
        .isInstanceOf(UsageException.class)
        .hasMessage("component gui-b is not among those that are built");
    Choice only = new Choice(false, Optional.empty(), List.of(A), false);
    assertThat(only.leaves(B, List.of(A, B))).isTrue();
    assertThat(Choice.CHANGED.forces()).isFalse();
  }

  private static List<String> lines(List<BuildStep> steps) {
    return steps.stream().map(BuildStep::commandLine).toList();
  }
}
