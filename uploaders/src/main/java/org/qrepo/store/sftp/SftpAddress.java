package org.qrepo.store.sftp;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.store.TargetException;

/**
 * What {@code sftp://[user@]host[:port]/path} says.
 *
 * @param host a name, an address without brackets, or an alias of the ssh configuration
 * @param path absolute, or relative to the user's home there if it began with {@code /~/}
 */
record SftpAddress(Optional<String> user, String host, Optional<Integer> port, String path) {
  static final String FORM = "sftp://[USER@]HOST[:PORT]/DIRECTORY";

  private static final Pattern URL = Pattern.compile("(?i)sftp://([^/?#]*)(/[^?#]*)");
  private static final Pattern PLACE =
      Pattern.compile(
          "(?:([^@:\\s]+)@)?(\\[[0-9A-Fa-f:.]+(?:%\\w+)?]|[^@:\\[\\]\\s]+)(?::(\\d{1,5}))?");

  /**
   * @throws TargetException if it is not such a URL
   */
  static SftpAddress parse(String url) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw refused(url);
    }
    SftpAddress place = place(matcher.group(1)).orElseThrow(() -> refused(url));
    String path = decode(matcher.group(2)).orElseThrow(() -> refused(url));
    return new SftpAddress(place.user, place.host, place.port, normal(path));
  }

  /** A host as {@code ProxyJump} names it: {@code [user@]host[:port]}, or the same as a URL. */
  static Optional<SftpAddress> place(String text) {
    Matcher matcher = PLACE.matcher(text.replaceFirst("^ssh://", ""));
    if (!matcher.matches() || matcher.group(2).startsWith("-")) {
      return Optional.empty();
    }
    Optional<Integer> port = Optional.ofNullable(matcher.group(3)).map(Integer::valueOf);
    if (port.filter(p -> p < 1 || p > 65535).isPresent()) {
      return Optional.empty();
    }
    String host = matcher.group(2).replaceAll("^\\[|]$", "");
    return Optional.of(new SftpAddress(Optional.ofNullable(matcher.group(1)), host, port, ""));
  }

  private static Optional<String> decode(String path) {
    try {
      String decoded = new URI("sftp://host" + path).getPath();
      boolean sane = decoded.chars().noneMatch(c -> c < 0x20 || c == 0x7f || c == '\\');
      return sane ? Optional.of(decoded) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String normal(String path) {
    String home = path.startsWith("/~/") ? path.substring(3) : path;
    String single = home.replaceAll("/{2,}", "/");
    return single.length() > 1 ? single.replaceFirst("/$", "") : single;
  }

  private static TargetException refused(String url) {
    return new TargetException(
        String.format("'%s' is no place for SFTP: write %s", redact(url), FORM));
  }

  private static String redact(String url) {
    return url.replaceFirst("//[^/]*@", "//");
  }
}
