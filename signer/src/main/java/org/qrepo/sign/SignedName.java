package org.qrepo.sign;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What clients call a signed file in their messages: the package's name, the repository's name.
 *
 * @param file the name of the signed file
 * @param name what messages begin with
 * @param database whether it is a repository's database
 */
record SignedName(String file, String name, boolean database) {
  private static final Pattern PACKAGE =
      Pattern.compile("(.+)-[^-]+-[^-]+-[^-]+\\.pkg\\.tar(\\.[A-Za-z0-9]+)?");
  private static final Pattern DATABASE =
      Pattern.compile("(.+)\\.(db|files)(\\.tar(\\.[A-Za-z0-9]+)?)?");

  /** From a path, a file name, or the name of its signature. */
  static SignedName of(String subject) {
    String last = subject.substring(subject.lastIndexOf('/') + 1);
    String file = last.endsWith(".sig") ? last.substring(0, last.length() - 4) : last;
    Matcher database = DATABASE.matcher(file);
    if (database.matches()) {
      return new SignedName(file, database.group(1), true);
    }
    Matcher matcher = PACKAGE.matcher(file);
    return new SignedName(file, matcher.matches() ? matcher.group(1) : file, false);
  }
}
