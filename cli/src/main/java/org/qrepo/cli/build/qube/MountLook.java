package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.doctor.Result;

/**
 * Looks at how the file system of the builder is mounted. The form of {@code /proc/self/mountinfo}
 * is that of proc(5): the fifth field is the mount point, with blanks as {@code \040}, and the
 * sixth its options.
 */
final class MountLook {
  private static final int POINT = 4;
  private static final int OPTIONS = 5;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-3][0-7]{2})");

  private MountLook() {}

  private record Mount(Path point, Set<String> options) {}

  /**
   * The file system that the builder lies in.
   *
   * @param builder need not exist
   */
  static List<Result> results(QubeSystem system, Path builder, Optional<BuilderKind> kind)
      throws IOException {
    Path there = RoomLook.existing(builder).toRealPath();
    Optional<Mount> mount = around(system.lines("/proc/self/mountinfo"), there);
    if (mount.isEmpty()) {
      return List.of();
    }
    List<Result> results = new ArrayList<>();
    Set<String> options = mount.get().options();
    String point = mount.get().point().toString();
    if (options.contains("ro")) {
      results.add(Result.error("mount-read-only", point, "is mounted read-only"));
    }
    if (options.contains("noexec")) {
      results.add(
          Result.error(
              "mount-noexec",
              point,
              "is mounted noexec, so that the builder's own scripts do not run",
              "sudo mount " + point + " -o exec,remount"));
    }
    boolean limited = options.contains("nodev") || options.contains("nosuid");
    if (limited && !kind.equals(Optional.of(BuilderKind.V2))) {
      results.add(limited(point, options));
    }
    return Result.orOk(results, Result.ok("mount", point, "is mounted as a build needs it"));
  }

  private static Result limited(String point, Set<String> options) {
    String words =
        options.contains("nodev") && options.contains("nosuid")
            ? "nodev and nosuid"
            : options.contains("nodev") ? "nodev" : "nosuid";
    return Result.warning(
        "mount-limited",
        point,
        "is mounted " + words + ", and the classic builder makes devices and runs sudo in chroots",
        "After every start of the qube, in the builder's directory: make remount",
        "qrepo build packages does that by itself.");
  }

  /** The last mount of the longest directory that the file lies in. */
  private static Optional<Mount> around(List<String> lines, Path file) {
    Optional<Mount> found = Optional.empty();
    for (String line : lines) {
      String[] fields = line.split(" ", -1);
      if (fields.length <= OPTIONS) {
        continue;
      }
      Path point = Path.of(unescaped(fields[POINT]));
      boolean nearer =
          found.map(f -> point.getNameCount() >= f.point().getNameCount()).orElse(true);
      if (file.startsWith(point) && nearer) {
        found = Optional.of(new Mount(point, Set.of(fields[OPTIONS].split(",", -1))));
      }
    }
    return found;
  }

  private static String unescaped(String field) {
    return OCTAL
        .matcher(field)
        .replaceAll(
            octal ->
                java.util.regex.Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
  }
}
