package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code build fetch} over a web server that serves a repository's files, and may stop to. */
class BuildFetchStopIT {
  private final Scratch scratch = new Scratch();
  private final SignedSource source = new SignedSource(scratch.path().resolve("s"));
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private final AtomicBoolean hangs = new AtomicBoolean();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private HttpServer server;

  BuildFetchStopIT() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void serve() {
    source.init(SignedSource.V2);
    source.git("update-server-info");
    source.keys();
    server.createContext("/", this::answer);
    server.setExecutor(workers);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (hangs.get() && path.contains("/objects/")) {
        asked.countDown();
        free.await(60, TimeUnit.SECONDS);
      }
      Path file = scratch.path().resolve("s" + path).normalize();
      boolean there = file.startsWith(scratch.path()) && Files.isRegularFile(file);
      exchange.sendResponseHeaders(there ? 200 : 404, there ? Files.size(file) : -1);
      if (there) {
        Files.copy(file, exchange.getResponseBody());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
  }

  private Command fetch(Path directory) {
    return new QrepoCli(scratch.folder("home"))
        .command("build", "fetch", directory.toString(), "--url", url("origin/.git"))
        .with("--master-key", source.master(), "--keys", url("developers-keys.asc"));
  }

  @AfterEach
  void close() {
    free.countDown();
    server.stop(0);
    workers.shutdownNow();
    source.close();
    scratch.close();
  }

  @Test
  void certificatesFromTheWebAreRemembered() {
    Path directory = scratch.path().resolve("builder");
    fetch(directory).run().expectSuccess();
    server.stop(0);
    Command.Output again =
        new QrepoCli(scratch.folder("home"))
            .command("build", "fetch", directory.toString(), "--verify-only")
            .with("--master-key", source.master())
            .with("--keys", url("developers-keys.asc"))
            .run();
    assertThat(again.expectSuccess().out()).contains("verified");
  }

  @Test
  void keysThatCannotBeFetchedAreAMatterOfTheNetwork() {
    Path directory = scratch.path().resolve("builder");
    Command.Output run =
        new QrepoCli(scratch.folder("home"))
            .command("build", "fetch", directory.toString(), "--url", source.url())
            .with("--master-key", source.master(), "--keys", url("none.asc"))
            .run();
    assertThat(run.expectCode(5).err()).contains("none.asc").contains("Nothing was changed.");
    assertThat(directory).doesNotExist();
  }

  @Test
  void stoppedInTheMiddleItLeavesNothing() throws Exception {
    hangs.set(true);
    Path place = scratch.folder("place");
    Process process =
        fetch(place.resolve("builder"))
            .env("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + scratch.folder("temporary"))
            .start(scratch.path().resolve("out"), scratch.path().resolve("err"));
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    ProcessHandle[] family = process.descendants().toArray(ProcessHandle[]::new);
    assertThat(family).as("git runs").isNotEmpty();
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    for (ProcessHandle each : family) {
      assertThat(each.onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
    }
    for (Path folder : List.of(place, scratch.folder("temporary"))) {
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left.filter(p -> !p.toString().contains("hsperfdata"))).isEmpty();
      }
    }
  }
}
