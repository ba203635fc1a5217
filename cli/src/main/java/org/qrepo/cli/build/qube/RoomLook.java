package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.doctor.Result;

/** Looks at the room that a build has, on disk and in memory. */
final class RoomLook {
  /** What a first build with its template takes. */
  private static final long BUILD = 15_000_000_000L;

  /** With less than this even a build that goes on where another stopped will fail. */
  private static final long LEAST = 3_000_000_000L;

  private static final long GIB = 1L << 30;
  private static final long LEAST_DISK_GIB = 20;

  /** A qube with 4000 MiB has so much of it for itself. */
  private static final long MEMORY_KIB = 3600 * 1024;

  private static final int MEMORY_MB = 4000;
  private static final Pattern TOTAL = Pattern.compile("MemTotal: +([0-9]{1,15}) kB");

  private RoomLook() {}

  /**
   * The file system of the builder.
   *
   * @param builder need not exist
   */
  static Result disk(QubeSystem system, Qube qube, Path builder) throws IOException {
    QubeSystem.Space space = system.disks().of(existing(builder));
    String subject = builder.toString();
    String free = Figures.bytes(space.free()) + " are free there";
    if (space.free() >= BUILD) {
      return Result.ok("storage", subject, free);
    }
    String[] remedy = {
      "The builder, its chroots and a template take 15 GB; what it has built already counts.",
      grow(qube, space)
    };
    return space.free() < LEAST
        ? Result.error("storage", subject, "only " + free, remedy)
        : Result.warning("storage", subject, "only " + free, remedy);
  }

  private static String grow(Qube qube, QubeSystem.Space space) {
    long wanted = Math.floorDiv(space.total() - space.free() + BUILD, GIB) + 1;
    return qube.isQube()
        ? "In dom0: qvm-volume resize %s:private %dGiB"
            .formatted(qube.named(), Math.max(LEAST_DISK_GIB, wanted))
        : "Make room, or put the builder elsewhere.";
  }

  /** The file itself, or what is the nearest to it above. */
  static Path existing(Path file) {
    Path at = file.toAbsolutePath();
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  static List<Result> memory(QubeSystem system, Qube qube) {
    Matcher total = TOTAL.matcher(system.text("/proc/meminfo").orElse(""));
    if (!total.find()) {
      return List.of();
    }
    long kib = Long.parseLong(total.group(1));
    String has = "has " + Figures.bytes(kib * 1024);
    if (kib >= MEMORY_KIB) {
      return List.of(Result.ok("memory", "this machine", has));
    }
    return List.of(
        qube.isQube()
            ? Result.warning(
                "memory",
                qube.named(),
                has + " now, and builds want " + MEMORY_MB + " MB",
                "dom0 may give it more when it asks, up to its maxmem.",
                "In dom0: qvm-prefs %s memory %d".formatted(qube.named(), MEMORY_MB),
                "In dom0: qvm-prefs %s maxmem %d".formatted(qube.named(), MEMORY_MB),
                "They count from its next start.")
            : Result.warning(
                "memory", "this machine", has + ", and builds want " + MEMORY_MB + " MB"));
  }
}
