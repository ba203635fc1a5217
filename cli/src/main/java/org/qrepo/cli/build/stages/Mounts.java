package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is mounted below a directory. Source: proc(5), {@code /proc/self/mountinfo}: the fifth field
 * is the mount point, in which blanks, tabs, line ends and backslashes stand as octal numbers.
 *
 * @param points what was mounted last comes first, as often as it was mounted
 */
record Mounts(List<Path> points) {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
  private static final int POINT = 4;

  Mounts {
    points = List.copyOf(points);
  }

  /** What is mounted now below a directory, which itself may be a mount point. */
  static Mounts below(Path directory) throws IOException {
    return parse(Files.readString(TABLE, StandardCharsets.ISO_8859_1), directory.toRealPath());
  }

  static Mounts parse(String table, Path directory) {
    List<Path> found = new ArrayList<>();
    for (String line : table.lines().toList()) {
      List<String> fields = List.of(line.split(" ", -1));
      if (fields.size() > POINT) {
        Path point = Path.of(unescaped(fields.get(POINT)));
        if (point.startsWith(directory) && !point.equals(directory)) {
          found.add(point);
        }
      }
    }
    Collections.reverse(found);
    return new Mounts(found);
  }

  private static String unescaped(String field) {
    Matcher matcher = OCTAL.matcher(field);
    String bytes =
        matcher.replaceAll(
            m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 8))));
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Whether a path is a mount point, or one lies below it. */
  boolean touches(Path path) {
    return points.stream().anyMatch(point -> point.startsWith(path));
  }
}
