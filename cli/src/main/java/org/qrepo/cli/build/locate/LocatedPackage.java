package org.qrepo.cli.build.locate;

import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.io.Sha256;

/**
 * A package that a builder made.
 *
 * @param base the name that all packages of one PKGBUILD share
 * @param component empty if nothing says whose it is
 * @param last whether the builder notes it as made by the component's last build
 */
public record LocatedPackage(
    Path path,
    PackageName name,
    PackageVersion version,
    PackageName base,
    Sha256 sha256,
    Optional<ComponentName> component,
    boolean last) {
  static LocatedPackage of(PackageFile file, Candidate candidate) {
    PackageName name = file.info().name();
    return new LocatedPackage(
        candidate.path(),
        name,
        file.info().version(),
        file.info().base().orElse(name),
        file.sha256(),
        candidate.component(),
        candidate.last());
  }

  LocatedPackage of(ComponentName owner) {
    return new LocatedPackage(path, name, version, base, sha256, Optional.of(owner), last);
  }

  boolean isOlderThan(PackageVersion other) {
    return version.compareTo(other) < 0;
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
