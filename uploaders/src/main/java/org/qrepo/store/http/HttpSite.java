package org.qrepo.store.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.SitePath;
import org.qrepo.store.Stores;

/**
 * A repository behind a web server, fetched as pacman fetches it: HTTP/1.1, no cookies, no
 * compression, at most ten redirects. Redirects are followed here, not by the JDK, so that the last
 * address is known.
 */
public final class HttpSite implements PublicSite {
  private static final int MOST_REDIRECTS = 10;

  private final SiteUrl site;
  private final HttpSettings settings;
  private final HttpClient client;

  /**
   * @throws org.qrepo.store.TargetException if {@code server} is no address of a web server
   */
  public HttpSite(String server, HttpSettings settings) {
    this.site = SiteUrl.parse(server);
    this.settings = settings;
    this.client = settings.client();
  }

  @Override
  public String location() {
    return site.location();
  }

  @Override
  public Optional<Fetched> fetch(String path) throws IOException {
    URI uri = URI.create(site.location() + "/" + SitePath.encode(path));
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response = get(uri, Map.of());
      Optional<URI> next = Redirect.of(uri, response);
      if (next.isEmpty()) {
        return answer(uri, response);
      }
      response.body().close();
      uri = next.get();
    }
    throw new IOException(
        site.location() + "/" + path + ": more than " + MOST_REDIRECTS + " redirects");
  }

  @Override
  public void close() {
    // The client's threads end with it.
  }

  @Override
  public String toString() {
    return "HttpSite[" + location() + "]";
  }

  /**
   * One request, whatever is answered.
   *
   * @param headers beside those that every request has
   */
  HttpResponse<InputStream> get(URI uri, Map<String, String> headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(settings.idleTimeout())
            .setHeader("User-Agent", settings.userAgent());
    headers.forEach(request::setHeader);
    if (site.isSameServer(uri)) {
      site.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    }
    try {
      return client.send(
          request.GET().build(), info -> new PatientBody(shown(uri), settings.idleTimeout()));
    } catch (IOException e) {
      throw new IOException(
          "cannot fetch " + shown(uri) + ": " + NetworkFailure.of(e, settings).words(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching " + shown(uri));
    }
  }

  private static Optional<Fetched> answer(URI uri, HttpResponse<InputStream> response)
      throws IOException {
    int status = response.statusCode();
    if (status == 200) {
      return Optional.of(new Fetched(uri.toString(), response.body()));
    }
    response.body().close();
    if (status == 404 || status == 410) {
      return Optional.empty();
    }
    throw new IOException(shown(uri) + " answers " + status + ": " + meaning(status));
  }

  private static String meaning(int status) {
    if (status == 401 || status == 403) {
      return "clients are not allowed to read it; check the permissions of the file and the server";
    }
    if (status == 407) {
      return "the proxy asks for a password";
    }
    if (status == 429 || status == 503) {
      return "the server is busy; try again later";
    }
    return status >= 500
        ? "the server failed; its error log says why"
        : "clients take nothing but 200 for an answer";
  }

  private static String shown(URI uri) {
    return Stores.redact(uri.toString());
  }
}
