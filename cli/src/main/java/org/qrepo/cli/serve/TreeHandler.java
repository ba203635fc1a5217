package org.qrepo.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Answers GET and HEAD over a tree. */
final class TreeHandler implements HttpHandler {
  private static final long NO_BODY = -1;

  private final Tree tree;
  private final BiConsumer<String, Integer> log;

  /**
   * @param log gets method and path, and the status of the answer
   */
  TreeHandler(Tree tree, BiConsumer<String, Integer> log) {
    this.tree = tree;
    this.log = log;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange);
    } finally {
      log.accept(
          exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath(),
          exchange.getResponseCode());
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      text(exchange, 405, "only GET and HEAD are answered here\n");
      return;
    }
    String path = Optional.ofNullable(exchange.getRequestURI().getPath()).orElse("");
    Route route = tree.route(path);
    if (route instanceof Route.ToFile to) {
      file(exchange, to.file(), path);
    } else if (route instanceof Route.ToListing listing) {
      String page = Listing.page(listing.directory(), listing.path(), tree::holds);
      body(exchange, 200, "text/html; charset=utf-8", page);
    } else if (route instanceof Route.Elsewhere elsewhere) {
      exchange.getResponseHeaders().set("Location", elsewhere.location());
      exchange.getResponseHeaders().set("Cache-Control", "no-cache");
      exchange.sendResponseHeaders(elsewhere.status(), NO_BODY);
    } else {
      text(exchange, 404, "not found\n");
    }
  }

  private static void text(HttpExchange exchange, int status, String text) throws IOException {
    body(exchange, status, "text/plain; charset=utf-8", text);
  }

  private static void body(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    if (begin(exchange, status, bytes.length)) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void file(HttpExchange exchange, Path file, String path) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      Instant modified = Files.getLastModifiedTime(file).toInstant();
      FileHeaders.describe(exchange.getResponseHeaders(), path, modified);
      if (FileHeaders.hasCurrent(exchange.getRequestHeaders(), modified)) {
        exchange.sendResponseHeaders(304, NO_BODY);
      } else {
        bytes(exchange, channel, modified);
      }
    } catch (NoSuchFileException e) {
      text(exchange, 404, "not found\n");
    }
  }

  private static void bytes(HttpExchange exchange, SeekableByteChannel channel, Instant modified)
      throws IOException {
    long size = channel.size();
    String asked = exchange.getRequestHeaders().getFirst("Range");
    if (asked == null
        || !ByteRange.isUnderstood(asked)
        || !FileHeaders.mayContinue(exchange.getRequestHeaders(), modified)) {
      send(exchange, 200, channel, 0, size);
      return;
    }
    Optional<ByteRange> range = ByteRange.of(asked, size);
    if (range.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
      exchange.sendResponseHeaders(416, NO_BODY);
      return;
    }
    ByteRange part = range.get();
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size);
    send(exchange, 206, channel, part.first(), part.length());
  }

  private static void send(
      HttpExchange exchange, int status, SeekableByteChannel channel, long first, long length)
      throws IOException {
    if (!begin(exchange, status, length)) {
      return;
    }
    channel.position(first);
    OutputStream out = exchange.getResponseBody();
    byte[] buffer = new byte[1 << 16];
    var in = Channels.newInputStream(channel);
    for (long left = length; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("the file became shorter while it was sent");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  /** Sends the head of an answer; false if no body may follow. */
  private static boolean begin(HttpExchange exchange, int status, long length) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(status, NO_BODY);
      return false;
    }
    exchange.sendResponseHeaders(status, length == 0 ? NO_BODY : length);
    return length > 0;
  }
}
