package org.qrepo.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

class BuilderTreeTest {
  private static final ComponentName AGENT = new ComponentName("core-agent-linux");

  @TempDir private Path directory;

  private Path classic() throws IOException {
    Files.createFile(directory.resolve("Makefile"));
    Files.createFile(directory.resolve("Makefile.generic"));
    return directory;
  }

  private Path second() throws IOException {
    Files.createFile(directory.resolve("qb"));
    Files.createDirectory(directory.resolve("qubesbuilder"));
    return directory;
  }

  @Test
  void theClassicBuilderIsKnownByItsMakefiles() throws IOException {
    BuilderTree tree = BuilderTree.at(classic());

    assertThat(tree.kind()).isEqualTo(BuilderKind.CLASSIC);
    assertThat(directory.relativize(tree.packageList(AGENT, BuildDist.PLAIN)))
        .hasToString("qubes-src/core-agent-linux/pkgs/vm-archlinux/archlinux.list");
    assertThat(directory.relativize(tree.repository(BuildDist.PLAIN)))
        .hasToString("qubes-packages-mirror-repo/vm-archlinux/pkgs");
    assertThat(directory.relativize(tree.templates()))
        .hasToString("qubes-src/linux-template-builder/rpm/noarch");
    assertThat(directory.relativize(tree.componentLog(AGENT, BuildDist.parse("archlinux+minimal"))))
        .hasToString("build-logs/core-agent-linux-vm-archlinux.log");
  }

  @Test
  void theSecondBuilderIsKnownByItsProgramAndLibrary() throws IOException {
    BuilderTree tree = BuilderTree.at(second());

    assertThat(tree.kind()).isEqualTo(BuilderKind.V2);
    assertThat(directory.relativize(tree.versions(AGENT)))
        .hasToString("artifacts/components/core-agent-linux");
    assertThat(directory.relativize(tree.templates())).hasToString("artifacts/templates/rpm");
    assertThat(directory.relativize(tree.configFile())).hasToString("builder.yml");
  }

  @Test
  void whatIsNeitherOrBothIsRefused() throws IOException {
    refused(directory.resolve("nothing"), "builder-missing");
    refused(directory, "builder-unknown");
    Files.createDirectory(directory.resolve("qb"));
    refused(directory, "builder-unknown");
    Files.delete(directory.resolve("qb"));
    classic();
    refused(second(), "builder-unclear");
    assertThat(BuilderTree.kindOf(directory)).isEmpty();
  }

  private static void refused(Path where, String id) {
    assertThatThrownBy(() -> BuilderTree.at(where))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings()).singleElement().extracting("id").isEqualTo(id));
  }
}
