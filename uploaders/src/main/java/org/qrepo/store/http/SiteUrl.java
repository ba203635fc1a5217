package org.qrepo.store.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.qrepo.store.Stores;
import org.qrepo.store.TargetException;

/**
 * The address of a web server with the repository's folder, and what to say there.
 *
 * @param location without user info, without a slash at its end
 * @param authorization the header's value; empty: none
 */
record SiteUrl(String location, Optional<String> authorization) {

  /**
   * Reads it as pacman does: one slash at the end does not count.
   *
   * @throws TargetException if it is no URL of a web server, or would send a password in clear
   */
  static SiteUrl parse(String server) {
    String shown = Stores.redact(server);
    URI uri;
    try {
      uri = new URI(server);
    } catch (URISyntaxException e) {
      throw new TargetException(shown + " is not a URL: " + e.getReason());
    }
    if (uri.getHost() == null) {
      throw new TargetException(shown + " names no host");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new TargetException(shown + ": clients put file names behind it, so no ? and # in it");
    }
    String location = shown.endsWith("/") ? shown.substring(0, shown.length() - 1) : shown;
    return new SiteUrl(location, authorization(uri, shown));
  }

  /** Whether a request to {@code uri} goes to the server that the credentials are for. */
  boolean isSameServer(URI uri) {
    URI own = URI.create(location);
    return own.getScheme().equalsIgnoreCase(uri.getScheme())
        && own.getHost().equalsIgnoreCase(uri.getHost())
        && own.getPort() == uri.getPort();
  }

  private static Optional<String> authorization(URI uri, String shown) {
    String user = uri.getRawUserInfo();
    if (user == null) {
      return Optional.empty();
    }
    if (!"https".equalsIgnoreCase(uri.getScheme()) && !Loopback.is(uri.getHost())) {
      throw new TargetException(shown + ": a password goes only over https://");
    }
    String decoded = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
    byte[] bytes = decoded.getBytes(StandardCharsets.UTF_8);
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(bytes));
  }
}
