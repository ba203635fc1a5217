package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;

class ResumingSignerTest {
  private static final NewKey KEY = TestKeys.ed25519();

  @TempDir private Path directory;
  private final List<String> asked = new ArrayList<>();
  private final List<Finding> warnings = new ArrayList<>();
  private final Signable file = Signable.of("a.pkg", new byte[] {1});

  /** A signer that writes down what it was asked for. */
  private ResumingSigner resuming(NewKey key, Path shelf, Instant now) {
    KeyFileSigner real = TestKeys.signer(key);
    Signer counting =
        new Signer() {
          @Override
          public Fingerprint certificate() {
            return real.certificate();
          }

          @Override
          public String description() {
            return "";
          }

          @Override
          public byte[] sign(Signable signable) {
            asked.add(signable.name());
            return real.sign(signable);
          }
        };
    return new ResumingSigner(
        counting,
        TestKeys.verifier(key),
        new SignatureShelf(shelf),
        warnings::add,
        InstantSource.fixed(now));
  }

  private ResumingSigner resuming() {
    return resuming(KEY, shelf(), Instant.now());
  }

  private Path shelf() {
    return directory.resolve("state/signatures");
  }

  private Path only() throws IOException {
    try (Stream<Path> files = Files.list(shelf())) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  @Test
  void whatWasSignedIsNotAskedForAgain() {
    byte[] first = resuming().sign(file);
    Signable moved = Signable.of("other-name", new byte[] {1});
    assertThat(resuming().sign(moved)).isEqualTo(first);
    assertThat(asked).containsExactly("a.pkg");
    resuming().sign(Signable.of("b.pkg", new byte[] {2}));
    assertThat(asked).containsExactly("a.pkg", "b.pkg");
    assertThat(warnings).isEmpty();
  }

  @Test
  void whatAnotherKeySignedDoesNotCount() {
    resuming().sign(file);
    resuming(TestKeys.rsa2048(), shelf(), Instant.now()).sign(file);
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatDoesNotVerifyIsMadeAnew() throws IOException {
    byte[] good = resuming().sign(file);
    byte[] bad = good.clone();
    bad[bad.length - 1] ^= 1;
    for (byte[] bytes : List.of(bad, new byte[0], new byte[20_000])) {
      Files.write(only(), bytes);
      asked.clear();
      resuming().sign(file);
      assertThat(asked).containsExactly("a.pkg");
      assertThat(only()).hasBinaryContent(resuming().sign(file));
    }
  }

  @Test
  void whatIsOldGoesAndWhatIsStrangeStays() throws IOException {
    resuming().sign(file);
    Path kept = only();
    Path strange = Files.writeString(shelf().resolve("notes"), "mine");
    Instant now = Instant.now();
    Files.setLastModifiedTime(kept, FileTime.from(now.minus(Duration.ofDays(6))));
    Files.setLastModifiedTime(strange, FileTime.from(now.minus(Duration.ofDays(100))));
    resuming(KEY, shelf(), now);
    assertThat(kept).exists();
    resuming(KEY, shelf(), now.plus(Duration.ofDays(2)));
    assertThat(kept).doesNotExist();
    assertThat(strange).exists();
  }

  @Test
  void aShelfThatDoesNotWorkCostsNoSignature() throws IOException {
    Path blocked = Files.writeString(directory.resolve("blocked"), "a file");
    assertThat(resuming(KEY, blocked, Instant.now()).sign(file)).isNotEmpty();
    assertThat(warnings).isNotEmpty().allMatch(w -> w.id().equals("signature-not-kept"));
    assertThat(blocked).hasContent("a file");
  }
}
