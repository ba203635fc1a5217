package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/** What is remembered of builds. */
class BuildRecordTest {
  private static final ComponentName A = new ComponentName("core-a");
  private static final ComponentName B = new ComponentName("gui-b");

  @TempDir Path directory;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    BuildRecord record = BuildRecord.read(file());
    assertThat(record.isAnythingBuilt()).isFalse();
    SourceState tree = new SourceState("tree-" + digest("t"));
    BuildRecord.Built begun = BuildRecord.Built.begun(tree, digest("before"));
    BuildRecord.Built done =
        begun.done(List.of(made("pkgs/a-1:1.0-1-any.pkg.tar.zst"), made("pkgs/b")));
    record.put(A, done);
    record.put(B, begun);
    record.putTemplate("archlinux-minimal", done);
    BuildRecord.Replacement override = new BuildRecord.Replacement(digest("o"), "none", true);
    record.put(B, override);

    BuildRecord read = BuildRecord.read(file());
    assertThat(read.component(A)).contains(done);
    assertThat(read.component(B)).contains(begun);
    assertThat(read.template("archlinux-minimal")).contains(done);
    assertThat(read.override(B)).contains(override);
    read.forgetBuilt();
    read = BuildRecord.read(file());
    assertThat(read.isAnythingBuilt()).isFalse();
    assertThat(read.overrides()).containsOnlyKeys(B);
    read.removeOverride(B);
    assertThat(BuildRecord.read(file()).overrides()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "something else\n",
        "qrepo-build 1\ncomponent core-a done 1 tree-zz abc\n",
        "qrepo-build 1\n  0000000000000000000000000000000000000000000000000000000000000000 p\n",
        "qrepo-build 1\noverride ../x 0 none had\n",
        "qrepo-build 1\nunknown\n"
      })
  void aDamagedRecordIsSaidAndNotBelieved(String text) throws IOException {
    Files.writeString(file(), text);
    assertThatThrownBy(() -> BuildRecord.read(file()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged")
        .hasMessageContaining("Remove it");
  }

  @Test
  void aPathThatLeavesTheBuilderIsNotBelieved() throws IOException {
    String zeros = "0".repeat(64);
    for (String path : List.of("../x", "/etc/passwd", "a/../../x", "a/..")) {
      Files.writeString(
          file(),
          "qrepo-build 1\ncomponent core-a done 1 none "
              + zeros
              + "\n  "
              + zeros
              + " "
              + path
              + "\n");
      assertThatThrownBy(() -> BuildRecord.read(file())).hasMessageContaining("is damaged");
    }
  }

  @Test
  void aRecordThatCannotBeWrittenIsSaid() throws IOException {
    BuildRecord record = BuildRecord.read(directory.resolve("missing/record"));
    assertThatThrownBy(() -> record.put(A, new BuildRecord.Replacement(digest("o"), "none", true)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("what was done cannot be noted in ")
        .hasMessageContaining("The next run does it again.");
  }

  @Test
  void packagesAreThereAsLongAsTheyAreWhatTheyWere() throws IOException {
    Path file = Files.writeString(directory.resolve("p"), "package");
    MadePackage made = MadePackage.of(directory, file);
    BuildRecord.Built built =
        BuildRecord.Built.begun(SourceState.NONE, digest("")).done(List.of(made));
    assertThat(built.isThere(directory)).isTrue();
    Files.writeString(file, "other");
    assertThat(built.isThere(directory)).isFalse();
    Files.delete(file);
    Files.createSymbolicLink(file, Files.writeString(directory.resolve("q"), "package"));
    assertThat(built.isThere(directory)).isFalse();
    assertThat(BuildRecord.Built.begun(SourceState.NONE, digest("")).isThere(directory)).isFalse();
  }

  private Path file() {
    return directory.resolve("record");
  }

  private static MadePackage made(String path) {
    return new MadePackage(path, digest(path));
  }

  private static Sha256 digest(String text) {
    return Digests.of(text.getBytes(StandardCharsets.UTF_8), Set.of()).sha256();
  }
}
