package org.qrepo.client;

import java.util.regex.Pattern;
import org.qrepo.publish.RepositoryName;

/**
 * A repository's folder on the machine of a web server, and the path under which clients find it.
 * Both go into configurations as they are, so both hold only what has no second meaning there.
 *
 * @param directory absolute, without a slash at its end; letters, digits, blanks and {@code . _ ~ @
 *     + : , = / -}
 * @param path of the URL, decoded, with a slash at its beginning and end; letters, digits and
 *     {@code . _ ~ @ + : , = / -}
 */
public record ServedFolder(RepositoryName repository, String directory, String path) {
  private static final Pattern DIRECTORY = Pattern.compile("(/[\\p{L}\\p{N} ._~@+:,=-]+)+");
  private static final Pattern PATH = Pattern.compile("/([A-Za-z0-9._~@+:,=-]+/)*");
  private static final Pattern WAY_OUT = Pattern.compile("(^|.*/)\\.{1,2}(/.*|$)");

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public ServedFolder {
    if (!DIRECTORY.matcher(directory).matches() || WAY_OUT.matcher(directory).matches()) {
      throw new IllegalArgumentException(
          "'"
              + directory
              + "' cannot stand in a web server's configuration: it must begin with /, and hold"
              + " letters, digits, blanks and . _ ~ @ + : , = - only");
    }
    if (!PATH.matcher(path).matches() || WAY_OUT.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "the URL path '"
              + path
              + "' cannot stand in a web server's configuration: it must begin and end with /, and"
              + " hold letters, digits and . _ ~ @ + : , = - only");
    }
  }

  /** A pattern of exactly the path, for the regular expressions of web servers. */
  String pathPattern() {
    return literal(path);
  }

  /** A pattern of exactly the repository's name. */
  String namePattern() {
    return literal(repository.value());
  }

  private static String literal(String text) {
    return text.replaceAll("[.+]", "[$0]");
  }
}
