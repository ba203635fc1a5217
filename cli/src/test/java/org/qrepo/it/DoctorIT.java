package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;

/** What {@code qrepo doctor} sees in repositories behind real web servers, good and bad. */
class DoctorIT {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  private Publisher published(String layout) {
    Publisher publisher = new Publisher(scratch, layout);
    publisher
        .publish(
            SamplePackage.of("libq++", "1:2.0+x-1")
                .file("usr/share/q", "q\n")
                .writeTo(scratch.folder("packages")))
        .expectSuccess();
    return publisher;
  }

  private static List<String> found(Command.Output output, String level) {
    return output.lines().stream().filter(line -> line.startsWith(level + ": ")).toList();
  }

  @ParameterizedTest
  @MethodSource("org.qrepo.it.Web$Kind#configured")
  void nothingIsWrongBehindWhatQrepoPrints(Web.Kind kind) {
    try (Publisher publisher = published("redirect");
        Web web =
            Web.start(
                kind, publisher.qrepo(), scratch.path().resolve("w"), publisher.tree(), "t")) {
      Command.Output output =
          publisher.qrepo().run("doctor", "web", "--server", web.url()).expectSuccess();
      assertThat(found(output, "warning")).isEmpty();
      assertThat(found(output, "error")).isEmpty();
      assertThat(output.out())
          .contains("redirects to " + web.url() + "/generations/")
          .contains("ok: the web server: agrees with this machine's clock")
          .contains("ok: libq++-1:2.0+x-1-any.pkg.tar.zst: is answered as it is")
          .contains("pointer, as configured")
          .contains("databases and signatures match for clients");
      assertThat(output.err()).contains("Nothing is wrong");
    }
  }

  /** What a server is told; how the repository is configured; the exit code; what is found. */
  private static final String FAULTS =
      """
      autoindex off;                                                   | pointer  | 0 | web-cache-unsaid
      autoindex off;                                                   | redirect | 0 | web-no-redirect
      add_header Cache-Control "public, max-age=3600";                 | pointer  | 0 | web-cache-long
      add_header Cache-Control "max-age=0, s-maxage=60";               | pointer  | 0 | web-cache-long
      add_header Cache-Control no-cache;                               | pointer  | 0 | web-cache-short
      add_header Last-Modified "";                                     | pointer  | 0 | web-undated
      if_modified_since off;                                           | pointer  | 0 | web-unconditional
      default_type text/plain;                                         | pointer  | 0 | web-content-type
      add_header Content-Encoding x-gzip;                              | pointer  | 3 | web-content-encoding
      error_page 404 =200 /page.html;                                  | pointer  | 3 | web-missing-found
      error_page 404 =302 http://127.0.0.1:1/page.html;               | pointer  | 3 | web-missing-found
      error_page 404 =403 /page.html;                                  | pointer  | 0 | web-missing-status
      rewrite [.]db$ /page.html break;                                 | pointer  | 3 | web-page
      location ~ [.]sig$ { return 403; }                               | pointer  | 3 | web-status
      location ~ [.]zst$ { return 403; }                               | pointer  | 3 | web-status
      location = /t.db { return 301 /current/t.db; }                   | pointer  | 0 | web-redirect-forever
      location = /t.db { return 302 /current/t.db?signed=1; }          | pointer  | 0 | web-redirect-name
      location = /t.db { add_header Cache-Control max-age=60; return 302 /current/t.db; } | pointer | 0 | web-cache-long
      location = /t.db { return 302 /t.db; }                           | pointer  | 3 | web-unreachable
      location = / { default_type text/html; return 200 '<html><a href="t.db">t.db</a>'; } | pointer | 0 | web-listing-signatures
      location = / { default_type text/html; return 200 '<html>.qrepo.lock/ t.db.sig'; }   | pointer | 0 | web-listing-hidden
      """;

  @TestFactory
  Stream<DynamicTest> whatAServerDoesWrongIsNamed() throws IOException {
    Publisher publisher = published("pointer");
    Files.writeString(publisher.tree().resolve("page.html"), "<!DOCTYPE html><p>Not found");
    return FAULTS
        .lines()
        .map(line -> line.split(" *[|] *"))
        .map(f -> DynamicTest.dynamicTest(f[3] + ": " + f[0], () -> named(publisher, f)))
        .onClose(publisher::close);
  }

  private void named(Publisher publisher, String[] fault) {
    Path home = scratch.path().resolve("home");
    String directives = "root \"" + publisher.tree() + "\";\n" + fault[0];
    try (Nginx nginx =
        Nginx.start(scratch.path().resolve("w" + fault[1] + fault[0].hashCode()), directives)) {
      Run run =
          Run.of(
              home,
              Map.of("HOME", home.toString(), "XDG_STATE_HOME", home.resolve("state").toString()),
              List.of("doctor", "web", "--server", nginx.url(), "--layout", fault[1], "--json"));
      assertThat(run.out())
          .contains("\"schema\" : \"qrepo.doctor/1\"", "\"id\" : \"" + fault[3] + "\"");
      assertThat(run.code()).as(run.out()).isEqualTo(Integer.parseInt(fault[2]));
    }
  }

  @Test
  void aDatabaseOfTheFutureIsNamed() throws IOException {
    try (Publisher publisher = published("plain")) {
      Files.setLastModifiedTime(
          publisher.tree().resolve("t.db"), FileTime.from(Instant.now().plusSeconds(86_400)));
      try (Nginx nginx = Nginx.serve(scratch.path().resolve("w"), publisher.tree())) {
        Command.Output output = publisher.qrepo().run("doctor", "web", "--server", nginx.url());
        assertThat(found(output.expectCode(3), "error"))
            .anyMatch(line -> line.contains("lies in the future"));
      }
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    try (Publisher publisher = published("pointer")) {
      String nowhere = "http://127.0.0.1:1/";
      Command.Output output = publisher.qrepo().run("doctor", "web", "--server", nowhere);
      assertThat(found(output.expectCode(3), "error"))
          .anyMatch(line -> line.contains("cannot be asked"));
    }
  }

  @Test
  void permissionsAreLookedAt() throws IOException {
    try (Publisher publisher = published("pointer")) {
      Path tree = publisher.tree();
      Path state = scratch.path().resolve("home/state/qrepo");
      mode(tree.resolve("generations"), "rwxrwxrwx");
      mode(tree.resolve("libq++-1:2.0+x-1-any.pkg.tar.zst"), "rw-r-----");
      mode(state, "rwxrwxr-x");
      mode(scratch.path().resolve("secret.asc"), "rw-r--r--");
      Command.Output output = publisher.qrepo().run("doctor", "web").expectCode(3);
      assertThat(found(output, "error"))
          .anyMatch(line -> line.contains("can write to " + tree.resolve("generations")))
          .anyMatch(line -> line.contains("make an old database pass for the newest"))
          .anyMatch(line -> line.contains("secret.asc: other users can read or write"));
      assertThat(found(output, "warning"))
          .anyMatch(line -> line.contains("other users cannot read " + tree))
          .anyMatch(line -> line.contains("targets.web.server: is not set"));
      assertThat(output.out()).contains("chmod 600 ", "chmod -R o-w " + tree);
    }
  }

  @Test
  void aStoreInAnotherLayoutIsNamed() {
    try (Publisher publisher = published("plain")) {
      Command.Output output =
          publisher.qrepo().run("doctor", "web", "--layout", "redirect").expectSuccess();
      assertThat(found(output, "warning"))
          .anyMatch(
              line -> line.contains("has the plain layout, and the configuration says pointer"));
    }
  }

  @Test
  void aDatabaseThatDoesNotVerifyIsNamed() throws IOException {
    try (Publisher publisher = published("plain")) {
      Files.writeString(publisher.tree().resolve("t.db"), "<html>");
      Command.Output output = publisher.qrepo().run("doctor", "web").expectCode(3);
      assertThat(found(output, "error")).anyMatch(line -> line.startsWith("error: t.db"));
    }
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
