package org.qrepo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which qrepo this is.
 *
 * @param version as in the changelog
 * @param commit what it was built from; empty if the build was not told
 */
record Build(String version, String commit) {
  static Build ofThisJar() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties is missing from the jar");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Build(
        properties.getProperty("version", "unknown"), properties.getProperty("commit", ""));
  }

  /** One line for people: versions of qrepo and of the Java that runs it. */
  String describe() {
    String from = commit.isEmpty() ? "" : " (" + commit + ")";
    return "qrepo %s%s, Java %s (%s)"
        .formatted(
            version, from, System.getProperty("java.version"), System.getProperty("java.vendor"));
  }
}
