package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Run;

@Timeout(60)
class ServeTest {
  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void servesUntilItIsStopped(String signal, int code) throws Exception {
    Files.writeString(directory.resolve("t.db"), "database");
    Path errors = directory.resolve("errors");
    Process process =
        new ProcessBuilder(
                // A build in the background ignores SIGINT, and what it starts does too.
                "env",
                "--default-signal=" + signal,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.qrepo.cli.Main",
                "serve",
                directory.toString(),
                "--listen",
                "0",
                "-v")
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String url = out.readLine();
      assertThat(url).startsWith("http://127.0.0.1:").endsWith("/");
      assertThat(get(url + "t.db").body()).isEqualTo("database");
      assertThat(
              new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                  .start()
                  .waitFor())
          .isZero();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(code);
      assertThat(Files.readString(errors)).contains("==> Serving", "200 GET /t.db", "interrupted");
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> get(url))
          .isInstanceOf(ConnectException.class);
    } finally {
      process.destroyForcibly();
    }
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "host:", "1:2:3", "99999", "127.0.0.1:70000", "[::1", ":80"})
  void refusesWhatIsNoAddress(String address) {
    Run run = Run.of(directory, "serve", ".", "--listen", address);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--listen");
  }

  @Test
  void servesTheOneDirectoryThatIsConfiguredOrAsks() throws Exception {
    assertThat(Run.of(directory, "serve").err()).contains("say what to serve");
    assertThat(Run.of(directory, "serve", "nothing").err()).contains("no such directory");
    Files.createDirectories(directory.resolve("a"));
    Files.createDirectories(directory.resolve("b"));
    Files.writeString(directory.resolve("qrepo.yml"), "targets: {a: {url: a}, b: {url: b}}\n");
    assertThat(Run.of(directory, "serve").code()).isEqualTo(2);
  }

  @Test
  void aBusyPortIsSaid() throws Exception {
    try (java.net.ServerSocket taken =
        new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Run run = Run.of(directory, "serve", ".", "--listen", String.valueOf(taken.getLocalPort()));
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("cannot listen on", "Address already in use");
    }
  }
}
