package org.qrepo.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.Finding;

class TemplateLintTest {
  private static final String FOLDER = SampleRpm.FOLDER;

  @TempDir private Path directory;

  @Test
  void findsNothingInAGoodTemplate() throws IOException {
    assertThat(lint(SampleRpm.template())).isEmpty();
    assertThat(lint(image("root.img"))).isEmpty();
    assertThat(lint(image("root.img.tar"))).isEmpty();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("template-name", SampleRpm.template().set("Name", "my-archlinux")),
        fault("template-name", SampleRpm.template().set("Name", "qubes-template-4lin.ux")),
        fault(
            "template-name", SampleRpm.template().set("Name", "qubes-template-a" + "b".repeat(31))),
        fault("template-epoch", SampleRpm.template().set("Epoch", "1")),
        fault("template-version", SampleRpm.template().set("Version", "4.3^git")),
        fault("template-license", SampleRpm.template().set("License", "GPL-2.0 AND MIT")),
        fault("template-summary", SampleRpm.template().set("Summary", "Arch | Linux")),
        fault("template-summary", SampleRpm.template().set("Summary", "Arch Linüx")),
        fault("template-url", SampleRpm.template().set("URL", "https://example.org/a|b")),
        fault("template-description", SampleRpm.template().description("a|b")),
        fault("template-incomplete", SampleRpm.template().without("URL")),
        fault(
            "template-payload",
            SampleRpm.bare()
                .set("Name", "qubes-template-archlinux")
                .file(FOLDER + "/template.conf", "echo gui=1")),
        fault("template-payload", SampleRpm.template().file(FOLDER + "/root.img.part.02", "echo")),
        fault("template-payload", SampleRpm.template().file("/etc/elsewhere", "echo")),
        fault("template-older", SampleRpm.template().set("Version", "4.0.6")));
  }

  private static Arguments fault(String id, SampleRpm rpm) {
    return Arguments.of(id, rpm);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void findsEachFault(String id, SampleRpm rpm) throws IOException {
    assertThat(lint(rpm, "4.1.0-1", "4.3.0-202011010101"))
        .isNotEmpty()
        .allSatisfy(f -> assertThat(f.details()).isNotEmpty())
        .first()
        .extracting(Finding::id)
        .isEqualTo(id);
  }

  @Test
  void appliesToTemplatesOnly() throws IOException {
    assertThat(applies(SampleRpm.template())).isTrue();
    assertThat(applies(SampleRpm.template().set("Name", "misnamed"))).isTrue();
    assertThat(applies(SampleRpm.bare().file("/usr/share/s", "echo"))).isFalse();
  }

  @Test
  void theSameVersionMayBePublishedAgain() throws IOException {
    assertThat(lint(SampleRpm.template(), "4.3.0-202611010101")).isEmpty();
  }

  private static SampleRpm image(String name) {
    return SampleRpm.bare()
        .set("Name", "qubes-template-archlinux")
        .file(FOLDER + "/" + name, "echo image");
  }

  private boolean applies(SampleRpm rpm) throws IOException {
    return TemplateLint.applies(RpmFile.read(rpm.build(directory), RpmFile.Wish.NOTHING).header());
  }

  private List<Finding> lint(SampleRpm rpm, String... others) throws IOException {
    RpmFile file = RpmFile.read(rpm.build(directory), RpmFile.Wish.NOTHING);
    return TemplateLint.of(
        file.fileName(), file.header(), Arrays.stream(others).map(RpmVersion::parse).toList());
  }
}
