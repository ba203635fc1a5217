package org.qrepo.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;

/** What {@code audit} and {@code status} say of a published repository, and to whom. */
class AuditCommandTest {
  @TempDir private Path directory;

  @BeforeEach
  void publish() throws IOException {
    run("init", "--name", "mine", "--generate-key", "T <t@example.org>", "--no-passphrase");
    Path packages = Files.createDirectory(directory.resolve("packages"));
    SamplePackage.of("gui", "4.3-1").field("depend", "pulseaudio<17.1").writeTo(packages);
    SamplePackage.of("tool", "1-1").writeTo(packages);
    Run published = run("publish", "packages", "--to", "local");
    assertThat(published.code()).as(published.err()).isZero();
  }

  @Test
  void saysWhatBreaksAndExitsWithThree() throws IOException {
    database("core.db", entry("glibc", "2-1"));
    database("extra.db", entry("pulseaudio", "17.1-1"), entry("tool", "0.5-1"));
    Run run = run("audit", "local", "--against", "core.db", "extra.db");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out().lines())
        .containsExactly(
            "breaks: gui 4.3-1: needs 'pulseaudio<17.1', but there is only extra/pulseaudio 17.1-1",
            "    pacman: :: installing pulseaudio (17.1-1) breaks dependency 'pulseaudio<17.1'"
                + " required by gui",
            "    pacman: :: unable to satisfy dependency 'pulseaudio<17.1' required by gui",
            "    mend: rebuild it against extra/pulseaudio 17.1-1, or mend the bound",
            "warning: tool 1-1: extra/tool 0.5-1 comes first: -S installs that, and yours only as"
                + " mine/tool",
            "    pacman: warning: tool: local (1-1) is newer than extra (0.5-1)",
            "    mend: give it a name of its own that provides this one, or place the repository"
                + " before the distribution's",
            "rebuild, in this order:",
            "    gui",
            "before the distribution's repositories (override) it would lose package-shadowed of"
                + " tool and gain nothing",
            "1 of 2 packages breaks for users who upgrade now, 1 warning");
    assertThat(run.err()).contains("among core, extra, mine");
  }

  @Test
  void exitsWithZeroWhereNothingBreaks() throws IOException {
    database("extra.db.tar.gz", entry("pulseaudio", "17.0-1"), entry("tool", "0.5-1"));
    Run run =
        run("audit", "--against", "extra.db.tar.gz", "--priority", "override", "--name", "mine");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).endsWith("nothing breaks: 2 packages\n");
    assertThat(run.err()).contains("among mine, extra");
  }

  @Test
  void speaksJson() throws IOException {
    database("extra.db", entry("pulseaudio", "17.1-1"));
    Run run = run("audit", "--against", "extra.db", "--json");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out())
        .contains(
            "\"schema\" : \"qrepo.audit/1\"",
            "\"exit\" : 3",
            "\"priority\" : \"supplement\"",
            "\"order\" : [ \"extra\", \"mine\" ]",
            "\"breaks\" : true",
            "\"id\" : \"dependency-bound\"",
            "\"package\" : \"gui\"",
            "\"about\" : \"pulseaudio<17.1\"",
            "\"base\" : \"gui\"");
  }

  @Test
  void fetchesFromTheWeb() throws IOException {
    database("extra.db", entry("pulseaudio", "17.1-1"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean there = exchange.getRequestURI().getPath().equals("/os/extra.db");
          byte[] body = there ? Files.readAllBytes(directory.resolve("extra.db")) : new byte[0];
          exchange.sendResponseHeaders(there ? 200 : 404, there ? body.length : -1);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/os/";
      assertThat(run("audit", "--against", base + "extra.db").code()).isEqualTo(3);
      Run absent = run("audit", "--against", base + "core.db");
      assertThat(absent.code()).isEqualTo(1);
      assertThat(absent.err()).contains(base + "core.db: there is no such file");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void statusUsesWhatIsConfigured() throws IOException {
    database("extra.db", entry("pulseaudio", "17.1-1"));
    configure("audit: {against: extra.db}");
    Run status = run("status");
    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.out())
        .contains(
            "Audit: 1 of 2 packages breaks for users who upgrade now.\n",
            "  gui 4.3-1: needs 'pulseaudio<17.1', but there is only extra/pulseaudio 17.1-1\n");
    assertThat(run("status", "--json").out()).contains("\"audit\" : {", "\"broken\" : 1");
    assertThat(run("audit").code()).isEqualTo(3);
  }

  @Test
  void statusGoesOnWithoutTheDatabases() throws IOException {
    configure("audit: {against: [absent.db]}");
    Run status = run("status");
    assertThat(status.code()).isZero();
    assertThat(status.out()).contains("mine: generation").doesNotContain("Audit:");
    assertThat(status.err()).contains("warning: audit.against:");
    assertThat(run("audit").code()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoDatabase() throws IOException {
    Files.writeString(directory.resolve("extra.db"), "<html>Not found</html>");
    Run run = run("audit", "--against", "extra.db");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("error: extra.db:");
  }

  @Test
  void wantsToKnowWhatToCompareWith() throws IOException {
    Run none = run("audit");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("--against core.db extra.db, or audit.against in qrepo.yml");
    database("mine.db", entry("glibc", "2-1"));
    Run own = run("audit", "--against", "mine.db");
    assertThat(own.code()).isEqualTo(2);
    assertThat(own.err()).contains("there are two repositories 'mine'");
    Run wrong = run("audit", "--against", "sftp://example.org/extra.db");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("is neither a file nor a URL that clients fetch from");
    Run folder = run("audit", "--against", "https://example.org/extra/");
    assertThat(folder.code()).isEqualTo(2);
    assertThat(folder.err()).contains("names no database");
  }

  private void configure(String line) throws IOException {
    Path file = directory.resolve("qrepo.yml");
    Files.writeString(file, Files.readString(file) + "\n" + line + "\n");
  }

  private Run run(String... args) {
    return Run.of(directory, args);
  }

  private void database(String name, DatabaseEntry... entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
      DatabaseWriter.write(Database.of(List.of(entries)), Optional.empty(), Compression.GZIP, out);
    }
  }

  private static DatabaseEntry entry(String name, String version) {
    List<String> lines =
        new ArrayList<>(List.of("pkgname = " + name, "pkgver = " + version, "arch = any"));
    byte[] info = (String.join("\n", lines) + "\nsize = 1\n").getBytes(UTF_8);
    return DatabaseEntry.describe(
        PackageInfo.parse(".PKGINFO", info),
        name + "-" + version + "-any.pkg.tar.zst",
        1,
        Digests.of(new byte[1], Set.of()),
        Optional.empty(),
        DescOptions.DEFAULT);
  }
}
