package org.qrepo.store.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qrepo.store.SitePath;

/**
 * Looks at how a web server answers, one request at a time: redirects are shown, not followed, and
 * of a body only the beginning is read.
 */
public final class HttpProbe {
  private static final int BEGINNING = 1 << 16;

  private final HttpSite site;

  /**
   * @throws org.qrepo.store.TargetException if {@code server} is no address of a web server
   */
  public HttpProbe(String server, HttpSettings settings) {
    this.site = new HttpSite(server, settings);
  }

  /**
   * What was answered.
   *
   * @param url that was asked
   * @param status of HTTP
   * @param headers by their names in lower case
   * @param beginning the first 64 KiB of the body, a character for each byte
   * @param next where a redirect leads; empty: it is none
   */
  public record Answer(
      URI url,
      int status,
      Map<String, List<String>> headers,
      String beginning,
      Optional<URI> next) {
    public Answer {
      headers = Map.copyOf(headers);
    }

    /** The values of a header, parted by commas; empty if there is none. */
    public Optional<String> header(String name) {
      List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
      return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }
  }

  /**
   * Asks for {@code Server/path} as pacman does.
   *
   * @param path relative to the repository; empty for its folder
   * @param headers to send beside the usual ones
   * @throws IOException if the server cannot be reached, or its redirect could not be followed
   */
  public Answer ask(String path, Map<String, String> headers) throws IOException {
    String encoded = path.isEmpty() ? "" : SitePath.encode(path);
    return ask(URI.create(site.location() + "/" + encoded), headers);
  }

  /** Asks for a place that a redirect led to, or one beside it. */
  public Answer ask(URI url, Map<String, String> headers) throws IOException {
    HttpResponse<InputStream> response = site.get(url, headers);
    try (InputStream body = response.body()) {
      String beginning = new String(body.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
      Map<String, List<String>> named = new TreeMap<>();
      response.headers().map().forEach((k, v) -> named.put(k.toLowerCase(Locale.ROOT), v));
      return new Answer(url, response.statusCode(), named, beginning, Redirect.of(url, response));
    }
  }
}
