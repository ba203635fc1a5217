package org.qrepo.sign.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Gnupg;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.Programs;

/** The real agent with a key that has a passphrase, and somebody who is asked for it. */
class AgentTest {
  private static final byte[] DATA = "to be signed".getBytes(StandardCharsets.UTF_8);

  private final Gnupg gnupg = Gnupg.inTemporaryHome();
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
  private Fingerprint key = new Fingerprint("0".repeat(40));

  @BeforeEach
  void makeKey() {
    key = gnupg.generate("Locked <l@example.org>", "ed25519", "cert,sign", "never", "secret");
  }

  @AfterEach
  void close() {
    gnupg.close();
  }

  /** Makes the agent forget what it knows, and ask this program from now on. */
  private void asks(Path pinentry) {
    try {
      Files.writeString(
          gnupg.home().resolve("gpg-agent.conf"),
          "s2k-count 65536\npinentry-program " + pinentry + "\n");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Programs.run("gpgconf", "--homedir", gnupg.home().toString(), "--kill", "gpg-agent").ok();
  }

  private Path pinentry(String answer) {
    return Script.in(
        gnupg.home(),
        "pinentry",
        "echo OK hello",
        "while read -r line; do case $line in",
        "GETPIN*) " + answer + " ;;",
        "BYE*) echo OK; exit ;;",
        "*) echo OK ;;",
        "esac; done");
  }

  private ProgramSigner signer() {
    return ProgramSigner.of(
        new GpgBackend(
            ProgramFile.find("gpg", System.getenv("PATH")).orElseThrow(),
            Optional.of(gnupg.home())),
        Keyring.parse("test", gnupg.export(key)).find(key).orElseThrow(),
        key,
        new ProgramSettings(
            Map.of("PATH", System.getenv("PATH")),
            Duration.ofSeconds(20),
            notices::add,
            InstantSource.system()));
  }

  @Test
  void whoeverAnswersIsAskedOnce() {
    asks(pinentry("echo D secret; echo OK"));
    ProgramSigner signer = signer();
    gnupg.verify(signer.sign(Signable.of("a", DATA)), DATA).ok();
    gnupg.verify(signer.sign(Signable.of("b", DATA)), DATA).ok();
    assertThat(notices).containsExactly("gpg asks for a passphrase or PIN");
  }

  @ParameterizedTest
  @CsvSource({
    "passphrase-wrong,echo D wrong; echo OK",
    "signing-cancelled,echo ERR 83886179 cancelled",
    "signing-cancelled,echo ERR 83886142 timeout"
  })
  void whoeverDoesNotAnswerEndsIt(String id, String answer) {
    asks(pinentry(answer));
    assertThat(failure()).isEqualTo(id);
  }

  @Test
  void withoutAPinentryNobodyIsAsked() {
    asks(gnupg.home().resolve("nothing"));
    assertThat(failure()).isEqualTo("pinentry-missing");
  }

  private String failure() {
    ProgramSigner signer = signer();
    SigningException e =
        catchThrowableOfType(SigningException.class, () -> signer.sign(Signable.of("a", DATA)));
    assertThat(e).isNotNull();
    return e.finding().orElseThrow().id();
  }
}
