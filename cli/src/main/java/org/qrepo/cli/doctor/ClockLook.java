package org.qrepo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.cli.console.Figures;

/** Compares this machine's clock with those that give files and answers their times. */
final class ClockLook {
  /** More than a slow answer and whole seconds can explain. */
  private static final Duration TOLERANCE = Duration.ofSeconds(5);

  /** Signatures that are so far in the future are refused by clients for so long. */
  private static final Duration SERIOUS = Duration.ofMinutes(10);

  private ClockLook() {}

  /**
   * The clock of the file system below a directory, by a file that is made and removed; empty if
   * none can be made there.
   */
  static Optional<Result> fileSystem(Path directory) throws IOException {
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      return Optional.empty();
    }
    Path probe = Files.createTempFile(directory, ".qrepo-clock-", "");
    try {
      Instant before = Instant.now();
      Files.write(probe, new byte[] {1});
      Instant theirs = Files.getLastModifiedTime(probe).toInstant();
      return Optional.of(compare("the file system at " + directory, theirs, before));
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /**
   * @param whose clock, in words
   */
  static Result compare(String whose, Instant theirs, Instant ours) {
    Duration ahead = Duration.between(theirs, ours);
    Duration off = ahead.abs();
    if (off.compareTo(TOLERANCE) <= 0) {
      return Result.ok("clock", whose, "agrees with this machine's clock");
    }
    String reason =
        "this machine's clock is "
            + Figures.time(off)
            + (ahead.isNegative() ? " behind it" : " ahead of it");
    String[] remedy = {
      "Signatures are dated by this machine, files by the other: one of them is wrong.",
      "Clients refuse signatures of the future. Set the clocks: timedatectl set-ntp true"
    };
    return off.compareTo(SERIOUS) > 0
        ? Result.error("clock-wrong", whose, reason, remedy)
        : Result.warning("clock-off", whose, reason, remedy);
  }
}
