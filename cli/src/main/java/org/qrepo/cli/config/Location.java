package org.qrepo.cli.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where a repository is: a directory here, or a URL. */
public sealed interface Location {
  /** How people may read it: without user info. */
  String display();

  /**
   * A directory of this machine.
   *
   * @param path absolute
   */
  record Directory(Path path) implements Location {
    @Override
    public String display() {
      return path.toString();
    }
  }

  /**
   * Somewhere else.
   *
   * @param uri absolute, with an authority, without a password
   */
  record Remote(URI uri) implements Location {
    /** In lower case: {@code sftp}, {@code s3}, {@code https}, {@code http}. */
    public String scheme() {
      return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    @Override
    public String display() {
      return withoutUser(uri.toString());
    }
  }

  /**
   * Reads a location as people write it: a path, {@code file:///…}, or a URL.
   *
   * @param base what a relative path is relative to
   * @param home what {@code ~/} stands for
   * @throws IllegalArgumentException with a reason that can be shown
   */
  static Location parse(String text, Path base, Path home) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    if (Parts.NEARLY_URL.matcher(text).lookingAt()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is neither a path nor a URL: write scheme://host/path, or ./ before a path");
    }
    if (!Parts.SCHEME.matcher(text).lookingAt()) {
      return new Directory(Parts.path(text, base, home));
    }
    URI uri = Parts.uri(text);
    if (uri.getScheme().equalsIgnoreCase("file")) {
      return new Directory(Parts.path(uri.getPath(), base, home));
    }
    return new Remote(uri);
  }

  /** A URL without the user name in it. */
  private static String withoutUser(String url) {
    return url.replaceFirst("(?<=://)[^/@]*@", "");
  }

  /** The parts of parsing. */
  final class Parts {
    static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

    /** {@code user@host:path} as scp has it, and schemes that lack a slash. */
    static final Pattern NEARLY_URL =
        Pattern.compile("[^/]+@[^/]+:|(sftp|s3|https?|file|ftp|ssh|rsync):(?!//)");

    private Parts() {}

    /**
     * @throws IllegalArgumentException if it cannot be one
     */
    static Path path(String text, Path base, Path home) {
      if (text.equals("~")) {
        return home;
      }
      if (text.startsWith("~") && !text.startsWith("~/")) {
        throw new IllegalArgumentException(
            "'" + text + "': only ~/ is understood, no other users' homes");
      }
      try {
        return (text.startsWith("~/") ? home.resolve(text.substring(2)) : base.resolve(text))
            .normalize();
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("'" + text + "' is not a path", e);
      }
    }

    /**
     * @throws IllegalArgumentException if it is none, or holds a password
     */
    static URI uri(String text) {
      URI uri;
      try {
        uri = new URI(text);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(
            "'" + withoutUser(text) + "' is not a URL: " + e.getReason(), e);
      }
      boolean file = "file".equalsIgnoreCase(uri.getScheme());
      if (uri.getScheme() == null || (!file && uri.getRawAuthority() == null)) {
        throw new IllegalArgumentException("'" + withoutUser(text) + "' is not a URL with a host");
      }
      if (uri.getRawUserInfo() != null && uri.getRawUserInfo().contains(":")) {
        throw new IllegalArgumentException("holds a password; secrets do not belong in a URL");
      }
      if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "'" + withoutUser(text) + "' has a query or fragment, which a repository cannot have");
      }
      return uri;
    }
  }
}
