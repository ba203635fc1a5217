package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.UnseenTerminal;
import org.qrepo.cli.Workplace;
import org.qrepo.sign.TestKeys;

/** A protected key is opened with its passphrase, and nothing is written without it. */
class PublishPassphraseTest {
  private final Workplace work;
  private final String hello;

  PublishPassphraseTest(@TempDir Path directory) {
    work =
        new Workplace(
            directory, TestKeys.ed25519(Workplace.passphrase("pass phräse"), Optional.empty()));
    work.configure("web: {url: tree}");
    hello = work.sample("hello", "1.0-1");
  }

  @Test
  void byVariable() {
    work.env("QREPO_PASSPHRASE", "pass phräse").ok("publish", hello);
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
  }

  @Test
  void byFile() {
    work.write("passphrase", "pass phräse\n");
    Run run = work.ok("publish", hello, "--passphrase-file", "passphrase");
    assertThat(run.err()).doesNotContain("warning", "pass phr");
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
  }

  @Test
  void byTerminalOnce() {
    Asked terminal = new Asked("pass phräse");
    assertThat(work.qrepo(terminal, "publish", hello).code()).isZero();
    assertThat(terminal.questions).isEqualTo(1);
  }

  @Test
  void aWrongOneWritesNothing() {
    work.env("QREPO_PASSPHRASE", "guess");
    Json json = work.json(4, "publish", hello);
    assertThat(json.each("findings", "reason").get(0)).contains("passphrase");
    assertThat(json.get("closing").toString()).contains("Nothing was changed.");
    assertThat(work.path("tree")).doesNotExist();
    work.write("passphrase", "another guess\n");
    work.ended(4, "publish", hello, "--passphrase-file", "passphrase");
    assertThat(work.path("tree")).doesNotExist();
  }

  @Test
  void withNobodyToAskTheWaysAreNamed() {
    Run run = work.ended(4, "publish", hello);
    assertThat(run.err())
        .contains("has a passphrase, and there is nobody to ask")
        .contains("--passphrase-file", "signing.passphrase-command", "QREPO_PASSPHRASE");
    assertThat(work.path("tree")).doesNotExist();
    assertThat(work.ended(4, "publish", hello, "--passphrase-file", "gone").err())
        .contains("gone", "cannot be read");
  }

  @Test
  void whatWritesNothingNeedsNone() {
    work.ok("publish", hello, "--dry-run");
    work.env("QREPO_PASSPHRASE", "pass phräse").ok("publish", hello);
    work.without("QREPO_PASSPHRASE");
    assertThat(work.ok("publish", hello).err()).contains("Already published");
    work.ok("list");
    work.ok("status");
    work.ok("log");
    work.ok("verify", "--deep");
  }

  /** A terminal with someone who answers. */
  private static final class Asked implements UnseenTerminal {
    private final String answer;
    private int questions;

    Asked(String answer) {
      this.answer = answer;
    }

    @Override
    public Optional<char[]> readSecret(String prompt) {
      questions++;
      return Optional.of(answer.toCharArray());
    }
  }
}
