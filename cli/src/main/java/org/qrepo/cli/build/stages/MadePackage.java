package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * A package file that a build made.
 *
 * @param path relative to the builder's artifacts
 */
record MadePackage(String path, Sha256 sha256) {
  private static final Pattern PATH =
      Pattern.compile("(?!/)(?!.*(?:^|/)\\.\\.(?:/|$))[!-~]{1,1000}");

  /**
   * @throws IllegalArgumentException if the path leaves the artifacts or cannot be noted
   */
  MadePackage {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("not the path of a package below the builder: " + path);
    }
  }

  static MadePackage of(Path artifacts, Path file) throws IOException {
    return new MadePackage(artifacts.relativize(file).toString(), digest(file));
  }

  /** Whether the file is there as it was. */
  boolean isThere(Path artifacts) throws IOException {
    Path file = artifacts.resolve(path);
    return FileStamp.of(file).isPresent() && digest(file).equals(sha256);
  }

  private static Sha256 digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Digests.of(in, List.of()).sha256();
    }
  }
}
