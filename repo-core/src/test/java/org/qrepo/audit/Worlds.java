package org.qrepo.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Digests;

/** Small worlds of packages: made by hand, or by a seed. */
final class Worlds {
  static final Architecture MACHINE = new Architecture("x86_64");

  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "lib");
  private static final List<String> VIRTUAL = List.of("v", "w", "libx.so", "liby.so");
  private static final List<String> VERSIONS =
      List.of("1-1", "1.5-2", "2-1", "2-2", "1:1-1", "3-1");
  private static final List<String> BOUNDS =
      List.of("1", "1.5", "2", "2-1", "1:1", "3", "1-64", "2-64");
  private static final List<String> SIGNS = List.of("=", "=", "<", "<=", ">", ">=", ">=");
  private static final List<String> ODD =
      List.of("a: the reason", "b>=1: the reason", "v=", "c<", "a=b>c", "d = 1", "lib=>1", "1");

  private Worlds() {}

  /** An entry with lines as in .PKGINFO after the usual ones: {@code depend = foo>=1}. */
  static DatabaseEntry entry(String name, String version, String... lines) {
    List<String> all = new ArrayList<>(List.of("pkgname = " + name, "pkgver = " + version));
    if (Arrays.stream(lines).noneMatch(l -> l.startsWith("arch = "))) {
      all.add("arch = any");
    }
    all.add("size = 1");
    all.addAll(List.of(lines));
    PackageInfo info =
        PackageInfo.parse(".PKGINFO", (String.join("\n", all) + "\n").getBytes(UTF_8));
    byte[] file = (name + version).getBytes(UTF_8);
    return DatabaseEntry.describe(
        info,
        name + "-" + version + "-any.pkg.tar.zst",
        file.length,
        Digests.of(file, Set.of()),
        Optional.empty(),
        DescOptions.DEFAULT);
  }

  static SyncDatabase repository(String name, DatabaseEntry... entries) {
    return new SyncDatabase(name, Database.of(List.of(entries)));
  }

  /** The published repository {@code mine}, against {@code core} alone. */
  static Audit audit(SyncDatabase mine, SyncDatabase... distribution) {
    return new Audit(mine, List.of(distribution), MACHINE);
  }

  /** The world of a seed: {@code core} and {@code extra} are given, {@code mine} is published. */
  static Audit random(long seed) {
    Random random = new Random(seed);
    List<String> own = new ArrayList<>(NAMES);
    own.addAll(List.of("p", "q", "r"));
    return audit(
        repository(random, "mine", own, 2 + random.nextInt(4), true),
        repository(random, "core", NAMES, 2 + random.nextInt(4), false),
        repository(random, "extra", NAMES, 1 + random.nextInt(5), false));
  }

  private static SyncDatabase repository(
      Random random, String name, List<String> names, int size, boolean published) {
    Map<String, DatabaseEntry> entries = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      String one = pick(random, names);
      entries.put(one, entry(one, pick(random, VERSIONS), lines(random, one, published)));
    }
    return new SyncDatabase(name, Database.of(entries.values()));
  }

  private static String[] lines(Random random, String name, boolean published) {
    List<String> lines = new ArrayList<>();
    add(random, lines, "depend", published ? 3 : 2, 0.3);
    if (random.nextInt(3) == 0) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        String provided = pick(random, random.nextInt(4) == 0 ? NAMES : VIRTUAL);
        boolean versioned = random.nextInt(3) > 0;
        String sign = random.nextInt(12) == 0 ? ">=" : "=";
        lines.add("provides = " + provided + (versioned ? sign + pick(random, BOUNDS) : ""));
      }
    }
    if (random.nextInt(2) == 0) {
      add(random, lines, "conflict", 2, 0.5);
    }
    if (random.nextInt(6) == 0) {
      lines.add("replaces = " + relation(random, other(random, name), 0.3));
    }
    if (published && random.nextInt(40) == 0) {
      lines.add("arch = i686");
    }
    return lines.toArray(String[]::new);
  }

  private static void add(Random random, List<String> lines, String key, int most, double virtual) {
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      List<String> from = random.nextDouble() < virtual ? VIRTUAL : NAMES;
      String relation =
          random.nextInt(40) == 0 ? pick(random, ODD) : relation(random, pick(random, from), 0.4);
      lines.add(key + " = " + relation);
    }
  }

  private static String relation(Random random, String name, double bound) {
    return random.nextDouble() < bound ? name + pick(random, SIGNS) + pick(random, BOUNDS) : name;
  }

  /** Nothing replaces itself. */
  private static String other(Random random, String name) {
    List<String> others = NAMES.stream().filter(n -> !n.equals(name)).toList();
    return pick(random, others);
  }

  private static <T> T pick(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
