package org.qrepo.store.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A web server before a bucket: strangers read below {@code /} without credentials. */
@NullMarked
public final class PublicSide implements AutoCloseable {
  private final S3Client client;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong served = new AtomicLong();

  private final Supplier<Map<String, String>> redirects;

  private PublicSide(S3Client client, HttpServer http, Supplier<Map<String, String>> redirects) {
    this.client = client;
    this.http = http;
    this.redirects = redirects;
  }

  public static PublicSide of(S3Server server) throws IOException {
    return of(server, Map::of);
  }

  /**
   * One that answers as Amazon documents it of a bucket's website: who asks for an object with a
   * redirect location is sent there with 301.
   */
  public static PublicSide website(S3Server server, SerialisingForwarder writers)
      throws IOException {
    String bucket = "/" + S3Server.BUCKET;
    return of(
        server,
        () ->
            writers.redirects().entrySet().stream()
                .collect(
                    Collectors.toMap(
                        e -> e.getKey().substring(bucket.length()), Map.Entry::getValue)));
  }

  private static PublicSide of(S3Server server, Supplier<Map<String, String>> redirects)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PublicSide side = new PublicSide(server.client(), HttpServer.create(address, 100), redirects);
    side.http.setExecutor(side.threads);
    side.http.createContext("/", side::answer);
    side.http.start();
    return side;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** How many objects were handed out. */
  public long served() {
    return served.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String key = exchange.getRequestURI().getPath().substring(1);
    String elsewhere = redirects.get().get("/" + key);
    if (elsewhere != null) {
      exchange.getResponseHeaders().set("Location", elsewhere);
      exchange.sendResponseHeaders(301, -1);
      exchange.close();
      return;
    }
    try (exchange;
        ResponseInputStream<GetObjectResponse> object =
            client.getObject(g -> g.bucket(S3Server.BUCKET).key(key))) {
      GetObjectResponse told = object.response();
      if (isKnown(exchange, told.lastModified())) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
      String time =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(told.lastModified().atOffset(ZoneOffset.UTC));
      exchange.getResponseHeaders().set("Last-Modified", time);
      exchange.getResponseHeaders().set("Content-Type", told.contentType());
      exchange.getResponseHeaders().set("Cache-Control", told.cacheControl());
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(
          200, head || told.contentLength() == 0 ? -1 : told.contentLength());
      if (!head) {
        object.transferTo(exchange.getResponseBody());
        served.incrementAndGet();
      }
    } catch (S3Exception e) {
      exchange.sendResponseHeaders(e.statusCode(), -1);
      exchange.close();
    }
  }

  private static boolean isKnown(HttpExchange exchange, Instant modified) {
    List<String> since = exchange.getRequestHeaders().get("If-Modified-Since");
    return since != null
        && !DateTimeFormatter.RFC_1123_DATE_TIME
            .parse(since.get(0), Instant::from)
            .isBefore(modified);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    client.close();
  }
}
