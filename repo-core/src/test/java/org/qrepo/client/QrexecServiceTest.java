package org.qrepo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Tools;

class QrexecServiceTest {
  /** Of the policy format: service, argument, source, destination, action, parameters. */
  private static final Pattern RULE =
      Pattern.compile(
          "qrepo\\.Publish\\s+(\\+|\\*)\\s+(\\S+)\\s+(\\S+)\\s+(allow|ask|deny)((?:\\s+[a-z_]+=\\S+)*)");

  @TempDir private Path directory;

  private static QrexecService service(boolean asks) {
    return new QrexecService(
        "build", "publisher", "qrepo", Optional.empty(), Optional.empty(), asks);
  }

  private static List<String> rules(QrexecService service) {
    List<String> rules = service.policy().lines().filter(l -> !l.startsWith("#")).toList();
    assertThat(rules).allMatch(rule -> RULE.matcher(rule).matches());
    return rules.stream().map(rule -> rule.replaceAll("\\s+", " ")).toList();
  }

  @Test
  void thePolicyAllowsTheTwoQubesAndNobodyElse() {
    assertThat(rules(service(false)))
        .containsExactly(
            "qrepo.Publish + build publisher allow",
            "qrepo.Publish + build @default allow target=publisher",
            "qrepo.Publish * @anyvm @anyvm deny");
    assertThat(rules(service(true)))
        .containsExactly(
            "qrepo.Publish + build publisher ask default_target=publisher",
            "qrepo.Publish + build @default ask default_target=publisher",
            "qrepo.Publish * @anyvm @anyvm deny");
    assertThat(QrexecService.POLICY_NAME).matches("[0-9]{2}-[a-z0-9_.-]+\\.policy");
  }

  /** The script is run, with a program that prints what it was called with. */
  @Test
  void theScriptRunsTheProgramAsItIs() throws IOException, InterruptedException {
    Tools.require("sh");
    Path program = directory.resolve("my 'qrepo'");
    Files.writeString(program, "#!/bin/sh\nprintf '<%s>' \"$@\"\necho said >&2\ncat\nexit 6\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path script = directory.resolve("service");
    Files.writeString(
        script,
        new QrexecService(
                "build",
                "publisher",
                program.toString(),
                Optional.of("/home/user/it's $HOME.yml"),
                Optional.of("web"),
                false)
            .script());
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Process process =
        new ProcessBuilder(script.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().write('x');
    process.getOutputStream().close();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(6);
    assertThat(out)
        .isEqualTo("<--config></home/user/it's $HOME.yml><receive><--stream><--to><web>said\nx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@anyvm",
        "a b",
        "1a",
        "a\nb",
        "*",
        "dom0;",
        "a-name-that-is-longer-than-31-chars"
      })
  void otherNamesAreNoQubes(String name) {
    assertThatThrownBy(
            () ->
                new QrexecService(
                    name, "publisher", "qrepo", Optional.empty(), Optional.empty(), false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new QrexecService(
                    "build", name, "qrepo", Optional.empty(), Optional.empty(), false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWouldEndALineIsRefused() {
    assertThatThrownBy(
            () ->
                new QrexecService(
                    "build", "publisher", "q\nrm", Optional.empty(), Optional.empty(), false))
        .hasMessageContaining("cannot stand in a script");
    assertThatThrownBy(
            () ->
                new QrexecService(
                    "build", "build", "qrepo", Optional.empty(), Optional.empty(), false))
        .hasMessageContaining("itself");
  }
}
