package org.qrepo.cli.build.locate;

import java.nio.file.Path;
import org.qrepo.rpm.RpmVersion;

/**
 * A template that a builder made.
 *
 * @param name of the RPM, by its header: {@code qubes-template-archlinux}
 */
public record LocatedTemplate(Path path, String name, RpmVersion version) {
  @Override
  public String toString() {
    return name + " " + version;
  }
}
