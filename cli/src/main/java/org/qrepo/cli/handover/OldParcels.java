package org.qrepo.cli.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.qrepo.parcel.ParcelMaker;

/** Removes what killed processes left of parcels in qrepo's own directories. */
final class OldParcels {
  private static final Duration AGE = Duration.ofDays(1);

  private OldParcels() {}

  /** Removes those that nobody has worked on for a day. */
  static void removeFrom(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return;
    }
    Instant limit = Instant.now().minus(AGE);
    List<Path> old;
    try (Stream<Path> folders = Files.list(place)) {
      old = folders.filter(folder -> isBefore(folder, limit)).toList();
    }
    for (Path folder : old) {
      ParcelMaker.remove(folder);
    }
  }

  private static boolean isBefore(Path folder, Instant limit) {
    try {
      return Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
          .toInstant()
          .isBefore(limit);
    } catch (IOException e) {
      return false;
    }
  }
}
