package org.qrepo.store.dav;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.NullMarked;

/** A server with just enough of WebDAV, in memory, that can be made to misbehave. */
@NullMarked
final class FakeServer implements AutoCloseable {
  private final HttpServer server;
  private final String scheme;
  private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Instant begin = Instant.now();
  private volatile Fault fault = exchange -> false;

  private FakeServer(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** What happens to a request instead; false: nothing. */
  @FunctionalInterface
  interface Fault {
    boolean on(HttpExchange exchange) throws IOException;
  }

  static FakeServer start() throws IOException {
    return new FakeServer(HttpServer.create(address(), 16), "http");
  }

  /**
   * @param wants whether the client needs a certificate
   */
  static FakeServer tls(SSLContext context, boolean wants) throws IOException {
    HttpsServer server = HttpsServer.create(address(), 16);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = context.getDefaultSSLParameters();
            tls.setNeedClientAuth(wants);
            parameters.setSSLParameters(tls);
          }
        });
    return new FakeServer(server, "https");
  }

  String url() {
    return scheme + "://localhost:" + server.getAddress().getPort() + "/r";
  }

  /** Method, path and authorization of what was asked so far. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  void on(Fault happens) {
    fault = happens;
  }

  /** Answers some requests with a status alone. */
  void answer(String method, int status, String... headers) {
    on(
        exchange -> {
          if (!exchange.getRequestMethod().equals(method)) {
            return false;
          }
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          exchange.getRequestBody().readAllBytes();
          status(exchange, status);
          return true;
        });
  }

  /** Answers as Apache does where a file goes away between its look at it and its opening. */
  void loseWhenAsked(String method, String path) {
    on(
        exchange -> {
          if (!exchange.getRequestMethod().equals(method) || files.remove("/r" + path) == null) {
            return false;
          }
          status(exchange, 403);
          return true;
        });
  }

  /** Is silent until the end. */
  boolean hang() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  boolean has(String path) {
    return files.containsKey("/r" + path);
  }

  void put(String path, byte[] bytes) {
    files.put("/r" + path, bytes.clone());
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(
          exchange.getRequestMethod()
              + " "
              + path
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization"));
      if (!fault.on(exchange)) {
        serve(exchange, path);
      }
    }
  }

  private void serve(HttpExchange exchange, String path) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "HEAD", "GET" -> give(exchange, path);
      case "PUT" -> {
        files.put(path, exchange.getRequestBody().readAllBytes());
        status(exchange, 201);
      }
      case "DELETE" -> status(exchange, files.remove(path) == null ? 404 : 204);
      case "MKCOL" -> status(exchange, files.putIfAbsent(path, new byte[0]) == null ? 201 : 405);
      case "MOVE" -> {
        String to = URI.create(exchange.getRequestHeaders().getFirst("Destination")).getPath();
        byte[] moved = files.remove(path);
        if (moved != null) {
          files.put(to, moved);
        }
        status(exchange, moved == null ? 404 : 201);
      }
      case "PROPFIND" -> list(exchange, path);
      default -> status(exchange, 501);
    }
  }

  private void give(HttpExchange exchange, String path) throws IOException {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      status(exchange, 404);
      return;
    }
    exchange.getResponseHeaders().set("Last-Modified", modified());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
      status(exchange, 200);
    } else {
      send(exchange, 200, bytes);
    }
  }

  private void list(HttpExchange exchange, String path) throws IOException {
    exchange.getRequestBody().readAllBytes();
    StringBuilder text = new StringBuilder("<multistatus xmlns='DAV:'>");
    for (String file : files.keySet()) {
      String below = file.startsWith(path) ? file.substring(path.length()) : "x/x/x";
      if (file.equals(path) || !below.replaceFirst("/$", "").contains("/")) {
        String kind = file.endsWith("/") ? "<collection/>" : "";
        text.append("<response><href>")
            .append(file)
            .append("</href><propstat><prop>")
            .append("<getlastmodified>")
            .append(modified())
            .append("</getlastmodified>")
            .append("<resourcetype>")
            .append(kind)
            .append("</resourcetype>")
            .append("</prop></propstat></response>");
      }
    }
    send(exchange, files.containsKey(path) ? 207 : 404, text.append("</multistatus>").toString());
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    send(exchange, status, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  static void status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  private String modified() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(begin.atOffset(ZoneOffset.UTC));
  }
}
