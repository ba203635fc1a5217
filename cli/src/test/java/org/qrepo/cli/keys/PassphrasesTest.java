package org.qrepo.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.cli.Terminal;
import org.qrepo.cli.UnseenTerminal;

/** A protected key is used with passphrases from everywhere. */
class PassphrasesTest {
  private static final String RIGHT = "correct hörse";

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path config;
  private Path file;

  @BeforeEach
  void makeKey() throws IOException {
    environment.put("HOME", directory.toString());
    file = SamplePackage.of("hello", "1-1").file("usr/bin/hello", "hi").writeTo(directory);
    Path right = secret("right", RIGHT + "\nsecond line\n");
    Run init =
        run(
            Terminal.NONE,
            "init",
            "--name",
            "t",
            "--generate-key",
            "T <t@example.org>",
            "--passphrase-file",
            right.toString());
    assertThat(init.code()).as(init.err()).isZero();
    config = directory.resolve("qrepo.yml");
  }

  private Path secret(String name, String text) throws IOException {
    Path secret = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  private Run run(Terminal terminal, String... args) {
    return Run.of(directory, environment, terminal, List.of(args));
  }

  private Run sign(String... more) {
    String[] args = new String[more.length + 3];
    args[0] = "sign";
    args[1] = "--force";
    args[2] = file.toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return run(Terminal.NONE, args);
  }

  private void configure(String line) throws IOException {
    Files.writeString(
        config, Files.readString(config).replace("  backend: file\n", "  backend: file\n" + line));
  }

  /** A terminal with somebody who types these lines. */
  private static Terminal typing(String... lines) {
    Deque<String> left = new ArrayDeque<>(List.of(lines));
    UnseenTerminal terminal = prompt -> Optional.ofNullable(left.poll()).map(String::toCharArray);
    return terminal;
  }

  @Test
  void fromAFlag() {
    assertThat(sign("--passphrase-file", "right").code()).isZero();
  }

  @Test
  void fromTheEnvironment() {
    environment.put("QREPO_PASSPHRASE", RIGHT);
    assertThat(sign().code()).isZero();
  }

  @Test
  void fromTheConfiguredFile() throws IOException {
    configure("  passphrase-file: right\n");
    assertThat(sign().code()).isZero();
  }

  @Test
  void fromTheConfiguredCommand() throws IOException {
    configure("  passphrase-command: [sh, -c, 'cat right']\n");
    assertThat(sign().code()).isZero();
  }

  @Test
  void fromTheTerminal() {
    assertThat(run(typing(RIGHT), "sign", file.toString()).code()).isZero();
  }

  @Test
  void theNearerSourceWins() throws IOException {
    secret("wrong", "wrong\n");
    configure("  passphrase-file: wrong\n");
    Run wrong = sign();
    assertThat(wrong.code()).isEqualTo(4);
    assertThat(wrong.err()).doesNotContain("wrong\n").contains("Nothing was changed.");
    environment.put("QREPO_PASSPHRASE", RIGHT);
    assertThat(sign().code()).isZero();
    assertThat(sign("--passphrase-file", "wrong").code()).isEqualTo(4);
  }

  @Test
  void withoutAnyItSaysHow() {
    Run run = sign();
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err()).contains("there is nobody to ask for it", "signing.passphrase-command");
    assertThat(file.resolveSibling(file.getFileName() + ".sig")).doesNotExist();
  }

  @Test
  void aFailedCommandIsNoPassphrase() throws IOException {
    configure("  passphrase-command: [sh, -c, 'cat right; exit 3']\n");
    Run run = sign();
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err()).contains("passphrase command sh failed");
  }

  @Test
  void anOpenOrEmptyFileIsSaid() throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve("right"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(sign("--passphrase-file", "right").err()).contains("warning:", "chmod 600");
    secret("empty", "\n");
    assertThat(sign("--passphrase-file", "empty").code()).isEqualTo(4);
    secret("long", "x".repeat(5000));
    assertThat(sign("--passphrase-file", "long").code()).isEqualTo(4);
    Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 'a', '\n'});
    assertThat(sign("--passphrase-file", "binary").code()).isEqualTo(4);
    assertThat(sign("--passphrase-file", "missing").code()).isEqualTo(4);
  }

  @Test
  void aNewPassphraseIsTypedTwice() {
    String[] generate = {"key", "generate", "U <u@example.org>"};
    assertThat(run(typing("one", "two"), generate).err()).contains("the two passphrases differ");
    assertThat(run(typing("one", "one"), generate).code()).isZero();
    assertThat(run(typing("", ""), generate).code()).isEqualTo(2);
  }
}
