package org.qrepo.sign.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/** What is run, to the word: nothing else must ever get into a command. */
class BackendsTest {
  private static final Fingerprint PRIMARY = new Fingerprint("A".repeat(40));
  private static final Fingerprint SUBKEY = new Fingerprint("B".repeat(40));
  private static final Backend.Request ANY =
      new Backend.Request(PRIMARY, SUBKEY, PRIMARY, HashAlgorithm.SHA256);
  private static final Backend.Request EXACT =
      new Backend.Request(SUBKEY, SUBKEY, PRIMARY, HashAlgorithm.SHA512);

  @TempDir private Path directory;

  private static List<String> words(String command) {
    return List.of(command.split(" "));
  }

  @Test
  void gpg() {
    Backend gpg = new GpgBackend(Path.of("/usr/bin/gpg"), Optional.empty());
    assertThat(gpg.signing(ANY))
        .isEqualTo(
            words(
                "/usr/bin/gpg --no-options --batch --no-tty --status-fd 2 --no-armor --digest-algo"
                    + " SHA256 --local-user "
                    + PRIMARY
                    + " --output - --detach-sign"));
    assertThat(gpg.signing(EXACT)).contains(SUBKEY + "!", "SHA512");
    Backend home = new GpgBackend(Path.of("/g/gpg"), Optional.of(Path.of("/my home")));
    assertThat(home.signing(ANY)).containsSequence("--homedir", "/my home");
    assertThat(home.exporting(PRIMARY).orElseThrow())
        .isEqualTo(
            List.of(
                "/g/gpg",
                "--no-options",
                "--batch",
                "--no-tty",
                "--homedir",
                "/my home",
                "--no-armor",
                "--output",
                "-",
                "--export",
                PRIMARY.hex()));
  }

  @Test
  void splitGpg() {
    Backend split = new SplitGpgBackend(Path.of("/w"), Optional.of(new QubeName("vault")));
    assertThat(split.signing(EXACT))
        .isEqualTo(
            words(
                "/w --batch --status-fd 2 --digest-algo SHA512 --local-user "
                    + SUBKEY
                    + "! --detach-sign"));
    assertThat(split.exporting(SUBKEY)).contains(words("/w --batch --export " + SUBKEY));
    assertThat(split.environment()).isEqualTo(Map.of("QUBES_GPG_DOMAIN", "vault"));
    assertThat(new SplitGpgBackend(Path.of("/w"), Optional.empty()).environment()).isEmpty();
  }

  @Test
  void qubesGpgSignNamesExactlyOneKey() {
    Backend sign = new QubesGpgSignBackend(Path.of("/q"), QubeName.DEFAULT);
    assertThat(sign.signing(ANY)).isEqualTo(words("/q @default qubes.GpgBinarySign+" + SUBKEY));
    assertThat(sign.exporting(SUBKEY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "126,,signing-refused",
    "1,EOF,signing-refused",
    "1,,signing-refused",
    "1,Request refused,signing-refused",
    "1,Destination domain not defined! Set it with QUBES_GPG_DOMAIN env variable.,vault-unknown",
    "1,Forbidden option: --x,"
  })
  void whatSplitGpgMeans(int exit, String said, String id) {
    Backend split = new SplitGpgBackend(Path.of("/w"), Optional.empty());
    assertThat(split.trouble(exit, Optional.ofNullable(said).stream().toList()))
        .map(Backend.Trouble::id)
        .isEqualTo(Optional.ofNullable(id));
  }

  @ParameterizedTest
  @CsvSource({"126,signing-refused", "127,vault-without-service", "2,"})
  void whatQrexecMeans(int exit, String id) {
    Backend sign = new QubesGpgSignBackend(Path.of("/q"), new QubeName("vault"));
    assertThat(sign.trouble(exit, List.of()))
        .map(Backend.Trouble::id)
        .isEqualTo(Optional.ofNullable(id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vault", "Vault-2", "a_b.c", "@default"})
  void qubesHaveNames(String name) {
    assertThat(new QubeName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-x", "1a", "a b", "a\nb", "@anyvm", "$default", "vault;", "a/b", "--help"})
  void otherWordsAreNoQubes(String name) {
    assertThatThrownBy(() -> new QubeName(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new QubeName("a".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void programsAreFoundAsAShellFindsThemButNeverHere() throws IOException {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.writeString(first.resolve("prog"), "not executable");
    Path program = Script.in(second, "prog", "exit 0");
    Files.createDirectory(first.resolve("folder"));
    String path = "::relative:" + first + ":" + second;
    assertThat(ProgramFile.find("prog", path)).contains(program);
    assertThat(ProgramFile.find(program.toString(), "")).contains(program);
    assertThat(ProgramFile.find("absent", path)).isEmpty();
    assertThat(ProgramFile.find("folder", path)).isEmpty();
    assertThat(ProgramFile.find("second/prog", directory.toString())).isEmpty();
    assertThat(ProgramFile.find("a\0b", path)).isEmpty();
    assertThat(ProgramFile.find("sh", "")).isPresent();
  }
}
