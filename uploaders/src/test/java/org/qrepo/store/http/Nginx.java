package org.qrepo.store.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;

/** A real nginx on 127.0.0.1 that serves a folder, for as long as it is open. */
@NullMarked
public final class Nginx implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final Process process;
  private final AtomicInteger marks = new AtomicInteger();

  private Nginx(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param folder for its own files; the documents are in {@code www} below it
   * @param listen what follows the port in {@code listen}, as {@code ssl}
   * @param directives of the server
   */
  public static Nginx start(Path folder, String listen, String directives) throws Exception {
    String nginx = Programs.need("nginx");
    Files.createDirectories(folder.resolve("www"));
    int port = freePort();
    Path configuration =
        Files.writeString(folder.resolve("nginx.conf"), text(folder, port, listen, directives));
    Process process =
        Programs.start(
            List.of(nginx, "-p", "" + folder, "-c", "" + configuration, "-e", folder + "/error"));
    Nginx server = new Nginx(folder, port, process);
    server.awaitStart();
    return server;
  }

  public Path documents() {
    return folder.resolve("www");
  }

  public int port() {
    return port;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * What was asked: protocol, path, agent, encodings, cookie, authorization, upgrade. A line is
   * written after the answer is sent: once a last request of our own is there, all before it are.
   */
  public List<String> requests() throws IOException {
    String mark = "/mark-" + marks.incrementAndGet();
    ask(mark);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    List<String> lines = log();
    while (lines.stream().noneMatch(line -> line.contains(" " + mark + " "))) {
      if (System.nanoTime() > end) {
        fail("nginx logs no requests");
      }
      Thread.onSpinWait();
      lines = log();
    }
    return lines.stream().filter(line -> !line.contains(" /mark-")).toList();
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(folder.resolve("access"));
  }

  private void ask(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String text(Path folder, int port, String listen, String directives) {
    String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
    return user
        + """
        daemon off;
        worker_processes 1;
        pid %1$s/pid;
        events { worker_connections 64; }
        http {
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          default_type application/octet-stream;
          log_format asked '$server_protocol $request_uri agent=$http_user_agent '
            'encodings=$http_accept_encoding cookie=$http_cookie '
            'authorization=$http_authorization upgrade=$http_upgrade';
          access_log %1$s/access asked;
          gzip on;
          gzip_min_length 1;
          gzip_types *;
          server {
            listen 127.0.0.1:%2$d %3$s;
            root %1$s/www;
            %4$s
          }
        }
        """
            .formatted(folder, port, listen, directives);
  }

  private void awaitStart() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (System.nanoTime() < end && process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(20);
      }
    }
    process.destroyForcibly();
    fail("nginx does not start: " + Programs.outcome(process).output());
  }
}
