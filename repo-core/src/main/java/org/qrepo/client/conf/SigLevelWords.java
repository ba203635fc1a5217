package org.qrepo.client.conf;

import java.util.Map;
import java.util.Optional;

/** The words of one or more {@code SigLevel} lines, the later ones before the earlier ones. */
final class SigLevelWords {
  private static final Map<String, SigLevel.Check> CHECKS =
      Map.of(
          "Never", SigLevel.Check.NEVER,
          "Optional", SigLevel.Check.OPTIONAL,
          "Required", SigLevel.Check.REQUIRED);
  private static final Map<String, SigLevel.Trust> TRUSTS =
      Map.of("TrustedOnly", SigLevel.Trust.ONLY, "TrustAll", SigLevel.Trust.ALL);

  private Optional<SigLevel.Check> packages = Optional.empty();
  private Optional<SigLevel.Check> databases = Optional.empty();
  private Optional<SigLevel.Trust> packageTrust = Optional.empty();
  private Optional<SigLevel.Trust> databaseTrust = Optional.empty();

  /**
   * Takes one word.
   *
   * @return whether pacman knows it
   */
  boolean take(String word) {
    boolean forPackages = !word.startsWith("Database");
    boolean forDatabases = !word.startsWith("Package");
    String bare = word.replaceFirst("^(Package|Database)", "");
    Optional<SigLevel.Check> check = Optional.ofNullable(CHECKS.get(bare));
    Optional<SigLevel.Trust> trust = Optional.ofNullable(TRUSTS.get(bare));
    if (forPackages) {
      packages = check.or(() -> packages);
      packageTrust = trust.or(() -> packageTrust);
    }
    if (forDatabases) {
      databases = check.or(() -> databases);
      databaseTrust = trust.or(() -> databaseTrust);
    }
    return check.isPresent() || trust.isPresent();
  }

  /** Whether no line was there. */
  boolean areNone() {
    return packages.isEmpty()
        && databases.isEmpty()
        && packageTrust.isEmpty()
        && databaseTrust.isEmpty();
  }

  /** These words where they say something, else what was in force before. */
  SigLevel over(SigLevel before) {
    return new SigLevel(
        packages.orElse(before.packages()),
        databases.orElse(before.databases()),
        packageTrust.orElse(before.packageTrust()),
        databaseTrust.orElse(before.databaseTrust()));
  }
}
