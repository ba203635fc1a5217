package org.qrepo.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.FuzzRounds;
import org.qrepo.RefusedException;
import org.qrepo.Tools;
import org.qrepo.io.HashAlgorithm;

/** Reads what rpmbuild made, and refuses it with any byte changed. */
class RpmFileTest {
  private static final long SEED = 20261122;

  @TempDir private static Path directory;
  private static Path template;

  @BeforeAll
  static void build() {
    template = SampleRpm.template().build(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w9.gzdio", "w2.xzdio", "w3.zstdio", "w9.bzdio", "w.ufdio", "w2.lzdio"})
  void readsWhatRpmbuildPacks(String payload) throws IOException {
    Path rpm = SampleRpm.template().payload(payload).build(directory);
    RpmFile file = RpmFile.read(rpm, everything());
    assertThat(file.size()).isEqualTo(Files.size(rpm));
    assertThat(file.header().text(RpmTag.NAME)).contains("qubes-template-archlinux");
    assertThat(RpmVersion.of(file.header())).hasToString("4.3.0-202611010101");
    byte[] bytes = Files.readAllBytes(rpm);
    assertThat(file.whole().orElseThrow().sha256())
        .isEqualTo(org.qrepo.io.Digests.of(bytes, Set.of()).sha256());
    byte[] content = Arrays.copyOfRange(bytes, (int) file.contentOffset(), bytes.length);
    assertThat(file.content().orElseThrow().hex(HashAlgorithm.SHA512))
        .isEqualTo(
            org.qrepo.io.Digests.of(content, Set.of(HashAlgorithm.SHA512))
                .hex(HashAlgorithm.SHA512));
  }

  @Test
  void agreesWithRpmOnLinksGhostsAndLongNames() throws IOException {
    Path rpm =
        SampleRpm.bare()
            .set("Name", "a-name-so-long-that-the-first-bytes-of-the-package-cannot-hold-it-all")
            .set("Epoch", "3")
            .file("/usr/share/s/f", "seq 1000")
            .make("/usr/share/s/link", "ln -s ../f", "/usr/share/s/link")
            .make("/usr/share/s/hard", "ln %{buildroot}/usr/share/s/f", "/usr/share/s/hard")
            .make("/usr/share/s/ghost", "touch", "%ghost /usr/share/s/ghost")
            .make("/usr/share/s/dir", "mkdir", "%dir /usr/share/s/dir")
            .build(directory);
    RpmFile file = RpmFile.read(rpm, RpmFile.Wish.NOTHING);
    assertThat(RpmVersion.of(file.header())).hasToString("3:4.3.0-202611010101");
    assertThat(FileTable.of(file.header()).orElseThrow().files())
        .extracting(FileTable.Entry::path)
        .containsExactlyElementsOf(
            new String(Tools.run(directory, "rpm", "-qpl", rpm.toString()), StandardCharsets.UTF_8)
                .lines()
                .toList());
  }

  /** The unpacked size is told from the list of files: nothing is unpacked for it. */
  @Test
  void knowsThePayloadsSizeFromTheListOfFiles() throws IOException {
    Path rpm =
        SampleRpm.bare()
            .file("/usr/share/s/f", "seq 1001")
            .make("/usr/share/s/link", "ln -s ../somewhere", "/usr/share/s/link")
            .make("/usr/share/s/ghost", "touch", "%ghost /usr/share/s/ghost")
            .make("/usr/share/s/dir", "mkdir", "%dir /usr/share/s/dir")
            .build(directory);
    RpmFile file = RpmFile.read(rpm, RpmFile.Wish.NOTHING);
    long stated = file.signatures().number(RpmTag.Signature.ARCHIVE_SIZE).orElseThrow();
    assertThat(FileTable.of(file.header()).orElseThrow().payloadSize(false)).hasValue(stated);
  }

  @Test
  void everyByteCounts() throws IOException {
    byte[] bytes = Files.readAllBytes(template);
    Random random = new Random(SEED);
    Path damaged = directory.resolve("damaged.rpm");
    List<Integer> unnoticed = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      byte[] copy = bytes.clone();
      copy[i] ^= (byte) (1 << random.nextInt(8));
      overwrite(damaged, copy);
      if (!refused(damaged)) {
        unnoticed.add(i);
      }
    }
    assertThat(unnoticed).isEmpty();
  }

  @Test
  void everyLengthIsRefusedButItsOwn() throws IOException {
    byte[] bytes = Files.readAllBytes(template);
    Path cut = directory.resolve("cut.rpm");
    for (int length = 0; length < bytes.length + 9; length += length < 600 ? 1 : 61) {
      if (length != bytes.length) {
        overwrite(cut, Arrays.copyOf(bytes, length));
        assertThat(refused(cut)).as("length %d", length).isTrue();
      }
    }
  }

  @Test
  void damageNeverSurprises() throws IOException {
    byte[] bytes = Files.readAllBytes(template);
    Random random = new Random(SEED);
    Path damaged = directory.resolve("fuzzed.rpm");
    int header = (int) RpmFile.read(template, RpmFile.Wish.NOTHING).contentOffset();
    int rounds = FuzzRounds.atLeast(3000);
    for (int i = 0; i < rounds; i++) {
      byte[] copy = damage(bytes, header, random);
      overwrite(damaged, copy);
      assertThat(refused(damaged) || Arrays.equals(copy, bytes)).as("round %d", i).isTrue();
    }
  }

  /** Wild numbers in the headers' intros and indexes, where readers that trust them break. */
  private static byte[] damage(byte[] bytes, int header, Random random) {
    byte[] copy = bytes.clone();
    int[] wild = {0, 1, -1, 0x7fffffff, 0x80000000, 0xffff, 0x10000000, 16, -16, random.nextInt()};
    for (int n = random.nextInt(3); n >= 0; n--) {
      int start = random.nextBoolean() ? RpmLead.LENGTH : header;
      int at = start + 4 * random.nextInt(60);
      ByteBuffer.wrap(copy).putInt(at, wild[random.nextInt(wild.length)]);
    }
    if (random.nextInt(4) == 0) {
      int from = random.nextInt(copy.length);
      System.arraycopy(bytes, 0, copy, from, random.nextInt(copy.length - from));
    }
    return copy;
  }

  @Test
  void saysWhatItIsNot() throws IOException {
    byte[] bytes = Files.readAllBytes(template);
    bytes[4] = 4;
    assertThat(findingOf(bytes)).isEqualTo("rpm-version");
    bytes[4] = 3;
    bytes[bytes.length - 1] ^= 1;
    assertThat(findingOf(bytes)).isEqualTo("rpm-digest");
    assertThat(findingOf("#!/bin/sh".getBytes(StandardCharsets.UTF_8))).isEqualTo("rpm-format");
    assertThat(findingOf(Arrays.copyOf(bytes, 5000))).isEqualTo("rpm-truncated");
  }

  private static String findingOf(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("other.rpm"), bytes);
    return catchThrowableOfType(
            RefusedException.class, () -> RpmFile.read(file, RpmFile.Wish.NOTHING))
        .findings()
        .get(0)
        .id();
  }

  /** Without truncating it first, which makes file systems flush it to disk each time. */
  private static void overwrite(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      channel.truncate(bytes.length);
    }
  }

  private static boolean refused(Path file) throws IOException {
    try {
      RpmFile.read(file, RpmFile.Wish.NOTHING);
      return false;
    } catch (RefusedException e) {
      return true;
    }
  }

  private static RpmFile.Wish everything() {
    return new RpmFile.Wish() {
      @Override
      public Set<HashAlgorithm> content(RpmHeader signatures) {
        return Set.of(HashAlgorithm.SHA512);
      }

      @Override
      public boolean whole() {
        return true;
      }
    };
  }
}
