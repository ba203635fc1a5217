package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.build.KnownComponent;
import org.qrepo.cli.build.KnownComponents;
import org.qrepo.cli.config.ComponentName;

/**
 * Chooses among all packages of a tree, in which builders leave old ones for ever: those of the
 * last build where it is noted, be their version lower or not, and else the newest. All packages of
 * one PKGBUILD have one version: those with another one are what the last build made no more.
 */
final class PackageChoice {
  private final List<LocatedPackage> chosen = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  PackageChoice(List<LocatedPackage> all) {
    List<LocatedPackage> current = new ArrayList<>();
    grouped(owned(all), LocatedPackage::base).forEach(ofBase -> current.addAll(current(ofBase)));
    grouped(current, LocatedPackage::name).forEach(ofName -> build(current(ofName)));
    leaveOutDropped();
    chosen.sort(
        Comparator.<LocatedPackage, Integer>comparing(PackageChoice::rank)
            .thenComparing(p -> p.component().map(ComponentName::value).orElse(""))
            .thenComparing(LocatedPackage::name));
  }

  private static Collection<List<LocatedPackage>> grouped(
      List<LocatedPackage> packages, Function<LocatedPackage, PackageName> key) {
    return packages.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()))
        .values();
  }

  List<LocatedPackage> chosen() {
    return List.copyOf(chosen);
  }

  List<LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  /** In the order in which components are built; those that nobody knows come last. */
  private static int rank(LocatedPackage one) {
    List<ComponentName> order = KnownComponents.all().stream().map(KnownComponent::name).toList();
    int rank = one.component().map(order::indexOf).orElse(-1);
    return rank < 0 ? order.size() : rank;
  }

  /** Says whose packages are that lie where all do: by others of their PKGBUILD, or by name. */
  private static List<LocatedPackage> owned(List<LocatedPackage> all) {
    Map<PackageName, ComponentName> owners = new HashMap<>();
    all.forEach(one -> one.component().ifPresent(c -> owners.putIfAbsent(one.base(), c)));
    return all.stream()
        .map(
            one ->
                one.component()
                    .or(() -> Optional.ofNullable(owners.get(one.base())))
                    .or(() -> known(one.name()))
                    .map(one::of)
                    .orElse(one))
        .toList();
  }

  private static Optional<ComponentName> known(PackageName name) {
    return KnownComponents.all().stream()
        .filter(known -> known.packages().stream().anyMatch(e -> e.anyOf().contains(name.value())))
        .map(KnownComponent::name)
        .findFirst();
  }

  /** Those of the version that was built last, or is the newest; the others are left out. */
  private List<LocatedPackage> current(List<LocatedPackage> packages) {
    LocatedPackage current =
        packages.stream()
            .max(Comparator.comparing(LocatedPackage::last).thenComparing(LocatedPackage::version))
            .orElseThrow();
    List<LocatedPackage> kept = new ArrayList<>();
    for (LocatedPackage one : packages) {
      if (!differs(one, current.version())) {
        kept.add(one);
      } else if (one.isOlderThan(current.version())) {
        leaveOut(one, "older than " + current.version());
      } else {
        String component = current.component().orElseThrow().value();
        leaveOut(one, "the last build of " + component + " made " + current.version());
      }
    }
    return kept;
  }

  private static boolean differs(LocatedPackage one, PackageVersion version) {
    return one.version().compareTo(version) != 0;
  }

  /** Of several builds of one version the one that the builder notes, or the youngest file. */
  private void build(List<LocatedPackage> builds) {
    LocatedPackage best =
        builds.stream()
            .max(
                Comparator.comparing(LocatedPackage::last)
                    .thenComparing(one -> modified(one.path()))
                    .thenComparing(one -> -builds.indexOf(one)))
            .orElseThrow();
    chosen.add(best);
    builds.stream()
        .filter(one -> !one.equals(best))
        .forEach(one -> leaveOut(one, "another build of this version is the last one"));
  }

  private static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a component's last build did not make, although it made others of another version. */
  private void leaveOutDropped() {
    Map<ComponentName, PackageVersion> last = new HashMap<>();
    for (LocatedPackage one : chosen) {
      if (one.last()) {
        one.component().ifPresent(c -> last.merge(c, one.version(), PackageChoice::higher));
      }
    }
    List<LocatedPackage> dropped =
        chosen.stream()
            .filter(one -> !one.last())
            .filter(one -> one.component().map(last::get).filter(v -> differs(one, v)).isPresent())
            .toList();
    chosen.removeAll(dropped);
    dropped.forEach(
        one -> leaveOut(one, "the last build of " + one.component().orElseThrow() + " made none"));
  }

  static PackageVersion higher(PackageVersion a, PackageVersion b) {
    return a.compareTo(b) < 0 ? b : a;
  }

  private void leaveOut(LocatedPackage one, String reason) {
    leftOut.add(new LeftOut(one.path(), one.toString(), reason));
  }
}
