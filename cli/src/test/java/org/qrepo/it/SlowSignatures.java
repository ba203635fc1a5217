package org.qrepo.it;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A slow line to a web server: signatures of databases come later than asked for, so that a publish
 * often falls between the two requests of a client. Everything else passes as it is, redirects too,
 * whose places are reached through the same line.
 */
final class SlowSignatures implements AutoCloseable {
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "transfer-encoding", "date", "keep-alive", ":status");

  private final String target;
  private final Duration delay;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * @param target the web server, without a slash at its end
   */
  SlowSignatures(String target, Duration delay) {
    this.target = target;
    this.delay = delay;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  /** What clients use in place of the target. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + URI.create(target).getRawPath();
  }

  private String host() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String targetHost() {
    return "http://" + URI.create(target).getAuthority();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      if (path.endsWith(".db.sig")) {
        Thread.sleep(delay.toMillis());
      }
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(targetHost() + path));
      for (String name : List.of("If-Modified-Since", "Range")) {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) {
          request.header(name, value);
        }
      }
      answer(exchange, client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(v -> headers.add(name, v.replace(targetHost(), host())));
              }
            });
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
