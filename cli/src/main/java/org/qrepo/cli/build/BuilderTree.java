package org.qrepo.cli.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.client.QubesRelease;

/**
 * A directory of qubes-builder and where things lie in it. Nothing here says that they are there.
 *
 * @param directory absolute
 * @param artifacts where v2 puts what it makes; the classic builder uses its own directory
 */
public record BuilderTree(Path directory, BuilderKind kind, Path artifacts) {
  /** The component whose part in the classic builder is making the RPMs of templates. */
  public static final ComponentName TEMPLATE_BUILDER = new ComponentName("linux-template-builder");

  /** The last one that the classic builder has a configuration for. */
  public static final QubesRelease LAST_CLASSIC = new QubesRelease(4, 2);

  /** A tree whose artifacts lie where its builder puts them by itself. */
  public BuilderTree(Path directory, BuilderKind kind) {
    this(directory, kind, kind == BuilderKind.CLASSIC ? directory : directory.resolve("artifacts"));
  }

  /**
   * The tree in a directory.
   *
   * @param directory absolute
   * @throws RefusedException if it is neither builder, or looks like both
   */
  public static BuilderTree at(Path directory) {
    return new BuilderTree(directory, requireKind(directory));
  }

  /**
   * The tree that is configured.
   *
   * @throws UsageException if none is
   * @throws RefusedException if the directory is no builder, or not of the kind configured
   */
  public static BuilderTree of(Config.Build build) {
    Path directory =
        build
            .builder()
            .orElseThrow(
                () ->
                    new UsageException(
                        "there is no builder to work with",
                        "Set build.builder in qrepo.yml to the directory of qubes-builder."));
    return of(directory, build);
  }

  /**
   * The tree in a directory, as configured in all else.
   *
   * @param directory absolute
   * @throws RefusedException as {@link #of(Config.Build)}
   */
  public static BuilderTree of(Path directory, Config.Build build) {
    BuilderKind kind = requireKind(directory);
    build
        .kind()
        .filter(wanted -> wanted != kind)
        .ifPresent(wanted -> refuse(directory, kind, wanted));
    BuilderTree standard = new BuilderTree(directory, kind);
    return kind == BuilderKind.CLASSIC
        ? standard
        : new BuilderTree(directory, kind, build.artifacts().orElse(standard.artifacts()));
  }

  private static void refuse(Path directory, BuilderKind kind, BuilderKind wanted) {
    throw refusal(
        "builder-kind",
        directory,
        "is a builder of kind " + kind.word() + ", and build.kind says " + wanted.word(),
        "Name another directory in build.builder, or leave build.kind out.");
  }

  /** What a directory holds; empty if it is no builder, or looks like both. */
  public static Optional<BuilderKind> kindOf(Path directory) {
    boolean classic = isClassic(directory);
    boolean second = isSecond(directory);
    if (classic == second) {
      return Optional.empty();
    }
    return Optional.of(classic ? BuilderKind.CLASSIC : BuilderKind.V2);
  }

  /**
   * Which builder is meant where there may be none yet: what is configured, or what the directory
   * holds, or v2 for the releases that the classic builder does not know.
   *
   * @throws UsageException if nothing of that says it
   */
  public static BuilderKind kindFor(Config config) {
    Config.Build build = config.build();
    return build
        .kind()
        .or(() -> build.builder().flatMap(BuilderTree::kindOf))
        .or(() -> config.repository().release().flatMap(BuilderTree::kindOnlyFor))
        .orElseThrow(
            () ->
                new UsageException(
                    "which builder is meant, the classic one or v2?",
                    "Set build.kind in qrepo.yml to classic or v2.",
                    "From release 4.3 (repository.release) it is v2 by itself."));
  }

  private static Optional<BuilderKind> kindOnlyFor(QubesRelease release) {
    boolean unknown = release.compareTo(LAST_CLASSIC) > 0;
    return unknown ? Optional.of(BuilderKind.V2) : Optional.empty();
  }

  private static BuilderKind requireKind(Path directory) {
    return kindOf(directory).orElseThrow(() -> unknown(directory));
  }

  private static boolean isClassic(Path directory) {
    return Files.isRegularFile(directory.resolve("Makefile"))
        && Files.isRegularFile(directory.resolve("Makefile.generic"));
  }

  private static boolean isSecond(Path directory) {
    return Files.isRegularFile(directory.resolve("qb"))
        && Files.isDirectory(directory.resolve("qubesbuilder"));
  }

  private static RefusedException unknown(Path directory) {
    if (!Files.isDirectory(directory)) {
      return refusal(
          "builder-missing",
          directory,
          Files.exists(directory) ? "is not a directory" : "there is no such directory",
          "qrepo build fetch gets a builder and checks whose it is.");
    }
    return isClassic(directory)
        ? refusal(
            "builder-unclear",
            directory,
            "holds both a classic qubes-builder and a v2",
            "Give each a directory of its own.")
        : refusal(
            "builder-unknown",
            directory,
            "is no qubes-builder",
            "The classic one has Makefile and Makefile.generic, v2 has qb and qubesbuilder/.",
            "qrepo build fetch gets a builder and checks whose it is.");
  }

  private static RefusedException refusal(
      String id, Path directory, String reason, String... details) {
    return new RefusedException(Finding.of(id, directory.toString(), reason, details));
  }

  private boolean classic() {
    return kind == BuilderKind.CLASSIC;
  }

  /** The builder's configuration: {@code builder.conf}, {@code builder.yml}. */
  public Path configFile() {
    return directory.resolve(classic() ? "builder.conf" : "builder.yml");
  }

  /** The configurations that the builder brings along. */
  public Path exampleConfigs() {
    return directory.resolve("example-configs");
  }

  public Path logs() {
    return artifacts.resolve(classic() ? "build-logs" : "logs");
  }

  /** What the classic builder logs of a component, the last time; the time before has .old. */
  public Path componentLog(ComponentName component, BuildDist dist) {
    return logs().resolve(component + "-" + dist.packageSet() + ".log");
  }

  /** What the classic builder logs of templates. */
  public Path templateLog(BuildDist dist) {
    return logs().resolve("template-" + dist.name() + ".log");
  }

  /** The sources of components, a directory for each. */
  public Path sources() {
    return artifacts.resolve(classic() ? "qubes-src" : "sources");
  }

  public Path source(ComponentName component) {
    return sources().resolve(component.value());
  }

  /**
   * Where all packages lie from which later builds draw: for the classic builder files, for v2 a
   * directory for each component and version.
   */
  public Path repository(BuildDist dist) {
    return classic()
        ? artifacts.resolve("qubes-packages-mirror-repo/" + dist.packageSet() + "/pkgs")
        : artifacts.resolve("repository/" + dist.packageSet());
  }

  /** What v2 made of a component, a directory for each version. */
  public Path versions(ComponentName component) {
    return components().resolve(component.value());
  }

  /** What was made, a directory for each component; the classic builder puts it to the sources. */
  public Path components() {
    return classic() ? sources() : artifacts.resolve("components");
  }

  /** Where the classic builder puts the packages that it makes of a component. */
  public Path packages(ComponentName component, BuildDist dist) {
    return source(component).resolve("pkgs/" + dist.packageSet());
  }

  /** What the classic builder last made of a component: a line for each file. */
  public Path packageList(ComponentName component, BuildDist dist) {
    return packages(component, dist).resolve(dist.name() + ".list");
  }

  /** Where the RPMs of templates are put. */
  public Path templates() {
    return classic()
        ? source(TEMPLATE_BUILDER).resolve("rpm/noarch")
        : artifacts.resolve("templates/rpm");
  }

  /** Where v2 notes what it made of templates. */
  public Path templateNotes() {
    return artifacts.resolve("templates");
  }

  /** What packages are built in: the classic builder's own, v2's archived one. */
  public Path chroot(BuildDist dist) {
    return artifacts.resolve((classic() ? "chroot-" : "cache/chroot/") + dist.packageSet());
  }

  /** What was downloaded of the distribution, and can be again. */
  public Path cache(BuildDist dist) {
    return artifacts.resolve(classic() ? "cache/" + dist.name() : "cache");
  }
}
