package org.qrepo.cli.serve;

import java.nio.file.Path;

/** What a path of a URL leads to. */
sealed interface Route {
  /** A file; all links have been followed. */
  record ToFile(Path file) implements Route {}

  /**
   * The list of a directory.
   *
   * @param path of the URL, with a slash at its end
   */
  record ToListing(Path directory, String path) implements Route {}

  /**
   * Another URL.
   *
   * @param status 301 if for good, 302 if for now
   */
  record Elsewhere(int status, String location) implements Route {}

  /** There is nothing here, or nothing that is anyone's business. */
  record Nowhere() implements Route {}
}
