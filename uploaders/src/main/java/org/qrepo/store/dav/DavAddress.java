package org.qrepo.store.dav;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.Stores;
import org.qrepo.store.TargetException;
import org.qrepo.store.http.Loopback;

/**
 * A folder on a web server.
 *
 * @param base without user info, without a slash at its end; what is not ASCII is encoded, for it
 *     stands in headers too
 * @param user the user name that the URL had
 */
record DavAddress(URI base, Optional<String> user) {
  static final String FORM = "https://HOST/PATH";

  private static final String UNRESERVED = "-._~";

  /**
   * @throws TargetException if it is no such URL
   */
  static DavAddress parse(String target) {
    String shown = Stores.redact(target);
    URI uri;
    try {
      uri = new URI(target);
    } catch (URISyntaxException e) {
      throw refused(shown, "is no URL: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
      throw refused(shown, "is not written as " + FORM);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused(shown, "has a query or a fragment, which no folder has");
    }
    if (uri.getRawUserInfo() != null && uri.getRawUserInfo().contains(":")) {
      throw refused(shown, "holds a password, which does not belong in a URL");
    }
    String path = URI.create(uri.toASCIIString()).getRawPath().replaceAll("/+$", "");
    if (List.of(path.split("/", -1)).stream().anyMatch(s -> s.equals(".") || s.equals(".."))) {
      throw refused(shown, "leads up or nowhere: no . and .. in it");
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    URI base = URI.create(scheme + "://" + uri.getHost() + port + path);
    return new DavAddress(base, Optional.ofNullable(uri.getUserInfo()).filter(u -> !u.isEmpty()));
  }

  /** Where an object is. Only letters, digits and {@code -._~} stand for themselves. */
  URI of(StoreKey key) {
    return URI.create(base + "/" + encode(key.value()));
  }

  /** Where a folder is, with a slash at its end; empty: the top. */
  URI folder(Optional<StoreKey> folder) {
    return URI.create(folder.map(this::of).orElse(base) + "/");
  }

  String host() {
    return base.getHost();
  }

  /** Whether nobody between here and the server can read what is sent. */
  boolean isPrivate() {
    return base.getScheme().equals("https") || Loopback.is(base.getHost());
  }

  @Override
  public String toString() {
    return base.toString();
  }

  private static String encode(String value) {
    StringBuilder path = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean literal =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || c == '/'
              || UNRESERVED.indexOf(c) >= 0;
      path.append(literal ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return path.toString();
  }

  private static TargetException refused(String shown, String why) {
    return new TargetException(shown + " " + why);
  }
}
