package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.FuzzRounds;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;

/** Damage is refused, or did no harm; it is never taken for another database. */
class DatabaseFuzzTest {
  private static final DatabaseReader.Contents SOUND =
      new DatabaseReader.Contents(Samples.database(), Optional.of(Samples.lineage()));

  @ParameterizedTest
  @EnumSource
  void truncationAnywhere(Compression compression) {
    byte[] bytes = Samples.write(SOUND.database(), SOUND.lineage(), compression);
    int refused = 0;
    for (int length = 0; length < bytes.length; length++) {
      refused += isRefused(Arrays.copyOf(bytes, length), "cut to " + length) ? 1 : 0;
    }

    int padding = compression == Compression.NONE ? paddingOf(bytes) : 0;
    assertThat(refused).isEqualTo(bytes.length - padding);
  }

  @ParameterizedTest
  @EnumSource
  void flippedBits(Compression compression) {
    byte[] bytes = Samples.write(SOUND.database(), SOUND.lineage(), compression);
    int flips = Math.min(bytes.length * 8, FuzzRounds.atLeast(4000));
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < flips; i++) {
      int bit = flips == bytes.length * 8 ? i : random.nextInt(bytes.length * 8);
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      if (compression == Compression.NONE) {
        readPlain(flipped);
      } else {
        refused += isRefused(flipped, "bit " + bit) ? 1 : 0;
      }
    }

    if (compression != Compression.NONE) {
      assertThat(refused).isGreaterThan(flips * 9 / 10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedStretches(Compression compression) {
    byte[] bytes = Samples.write(SOUND.database(), SOUND.lineage(), compression);
    Random random = new Random(4711);
    for (int i = 0; i < FuzzRounds.atLeast(500); i++) {
      byte[] damaged = bytes.clone();
      byte[] noise = new byte[1 + random.nextInt(64)];
      random.nextBytes(noise);
      int at = random.nextInt(bytes.length);
      System.arraycopy(noise, 0, damaged, at, Math.min(noise.length, bytes.length - at));
      if (compression == Compression.NONE) {
        readPlain(damaged);
      } else {
        isRefused(damaged, "noise " + i);
      }
    }
  }

  /** True if refused; otherwise the content must be the sound one. */
  private static boolean isRefused(byte[] bytes, String what) {
    try {
      assertThat(Samples.read(bytes)).as(what).isEqualTo(SOUND);
      return false;
    } catch (RefusedException e) {
      return true;
    }
  }

  /** Nothing but headers is under a checksum here: what is read must at least be well-formed. */
  private static void readPlain(byte[] bytes) {
    try {
      List<String> directories = new ArrayList<>();
      Samples.read(bytes).database().entries().forEach(e -> directories.add(e.directory()));
      assertThat(directories).hasSize(3).isSorted();
    } catch (RefusedException e) {
      assertThat(e.findings()).isNotEmpty();
    }
  }

  /** Zeros after the two blocks of the end marker. */
  private static int paddingOf(byte[] plain) {
    int end = plain.length;
    while (plain[end - 1] == 0) {
      end--;
    }
    int marker = (end + 511) / 512 * 512 + 1024;
    return plain.length - marker;
  }
}
