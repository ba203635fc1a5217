package org.qrepo.alpm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.io.Compression;

/**
 * The name under which a package is fetched, {@code %FILENAME%} of a database. Clients append it to
 * the server's URL as it stands and keep the file under it, so characters that end or split a URL
 * are not allowed. It need not repeat name and version: a store that cannot hold a colon has the
 * package under another name.
 *
 * @param value printable ASCII without {@code / ? #} and backslash, not starting with {@code .} or
 *     {@code -}, ending in {@code .pkg.tar} or {@code .pkg.tar.} and an extension
 */
public record PackageFileName(String value) implements Comparable<PackageFileName> {
  /** What file systems hold, less the signature's suffix {@code .sig}. */
  public static final int MAX_LENGTH = 255 - ".sig".length();

  private static final Pattern FORM = Pattern.compile("[!-~&&[^/?#\\\\]]+");
  private static final Pattern SUFFIX = Pattern.compile(".+\\.pkg\\.tar(?:\\.[A-Za-z0-9]{1,8})?");

  /**
   * @throws IllegalArgumentException with a reason that can be shown, if clients could not fetch it
   */
  public PackageFileName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("file name is empty");
    }
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "file name "
              + Quoted.of(value)
              + " has characters that clients cannot fetch (only printable ASCII without / ? # \\)");
    }
    if (value.startsWith(".") || value.startsWith("-")) {
      throw new IllegalArgumentException(
          "file name " + Quoted.of(value) + " starts with " + Quoted.of(value.substring(0, 1)));
    }
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "file name of " + value.length() + " characters is longer than " + MAX_LENGTH);
    }
    if (value.endsWith(".sig") || !SUFFIX.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "file name " + Quoted.of(value) + " does not end in .pkg.tar or .pkg.tar.* (.zst, .xz)");
    }
  }

  /** The name that makepkg gives a package. */
  public static PackageFileName of(
      PackageName name,
      PackageVersion version,
      Architecture architecture,
      Compression compression) {
    return new PackageFileName(
        name + "-" + version + "-" + architecture + ".pkg.tar" + compression.suffix());
  }

  /** The name without {@code .pkg.tar} and what follows it. */
  public String stem() {
    Matcher suffix = Pattern.compile("\\.pkg\\.tar(?:\\.[A-Za-z0-9]+)?$").matcher(value);
    return suffix.replaceFirst("");
  }

  /** The name of the detached signature beside the package. */
  public String signature() {
    return value + ".sig";
  }

  @Override
  public int compareTo(PackageFileName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
