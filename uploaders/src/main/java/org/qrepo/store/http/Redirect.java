package org.qrepo.store.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.qrepo.store.Stores;

/** Where an answer sends the client. */
final class Redirect {
  private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private Redirect() {}

  /**
   * Empty if the answer is no redirect.
   *
   * @throws IOException if clients could not follow it
   */
  static Optional<URI> of(URI asked, HttpResponse<?> response) throws IOException {
    if (!STATUSES.contains(response.statusCode())) {
      return Optional.empty();
    }
    String from = Stores.redact(asked.toString());
    String location =
        response
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException(from + " redirects to nowhere"));
    URI next;
    try {
      next = asked.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(from + " redirects to what is no URL", e);
    }
    String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme) || next.getHost() == null) {
      throw new IOException(
          from + " redirects to " + Stores.redact(next.toString()) + ", which is no web server");
    }
    return Optional.of(next);
  }
}
