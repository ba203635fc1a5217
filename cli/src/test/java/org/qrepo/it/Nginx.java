package org.qrepo.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real web server in front of a folder, on a free port of the loopback address, with a
 * configuration of its own. It runs as the user who runs the tests.
 */
final class Nginx implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Path home;
  private final int port;
  private final AtomicInteger marks = new AtomicInteger();

  private Nginx(Process process, Path home, int port) {
    this.process = process;
    this.home = home;
    this.port = port;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param home a folder to make, for its configuration and logs
   * @param root what it serves
   */
  static Nginx serve(Path home, Path root) {
    return start(home, "root \"" + root + "\";");
  }

  /**
   * Starts one with the given directives in its {@code server} block.
   *
   * @param home a folder to make, for its configuration and logs
   */
  static Nginx start(Path home, String directives) {
    Programs.require("nginx");
    try {
      Files.createDirectories(home);
      int port = freePort();
      Path configuration =
          Files.writeString(home.resolve("nginx.conf"), text(home, directives, port));
      Process process =
          new ProcessBuilder(
                  Programs.find("nginx").orElseThrow().toString(),
                  "-p",
                  home.toString(),
                  "-e",
                  home.resolve("error.log").toString(),
                  "-c",
                  configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("output.log").toFile())
              .start();
      Nginx nginx = new Nginx(process, home, port);
      nginx.awaitReady();
      return nginx;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path home, String directives, int port) {
    return """
        daemon off;
        master_process off;
        pid HOME/nginx.pid;
        events { worker_connections 64; }
        http {
          log_format plain '$status $request_method $request_uri';
          access_log HOME/access.log plain;
          client_body_temp_path HOME/body;
          proxy_temp_path HOME/proxy;
          fastcgi_temp_path HOME/fastcgi;
          uwsgi_temp_path HOME/uwsgi;
          scgi_temp_path HOME/scgi;
          default_type application/octet-stream;
          server {
            listen 127.0.0.1:PORT;
            DIRECTIVES
          }
        }
        """
        .replace("HOME", home.toString())
        .replace("PORT", Integer.toString(port))
        .replace("DIRECTIVES", directives);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        close();
        throw new AssertionError(
            "nginx does not start:\n" + Files.readString(home.resolve("output.log")));
      }
      pause();
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What stands before the path, without a slash at its end. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * The requests so far: {@code 200 GET /t.db}. A line is written after the answer is sent: once a
   * last request of our own is there, all before it are.
   */
  List<String> requests() {
    String mark = " GET /mark-" + marks.incrementAndGet();
    try {
      ask(mark.strip());
      Instant end = Instant.now().plus(PATIENCE);
      while (log().stream().noneMatch(line -> line.endsWith(mark))) {
        if (Instant.now().isAfter(end)) {
          throw new AssertionError("nginx logs no requests");
        }
        pause();
      }
      return log().stream().filter(line -> !line.contains(" GET /mark-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(home.resolve("access.log"));
  }

  private void ask(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((request + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
