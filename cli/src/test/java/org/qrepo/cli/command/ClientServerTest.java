package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Run;

class ClientServerTest {
  @TempDir private Path directory;

  private void configure(String targets) throws IOException {
    Files.writeString(
        directory.resolve("qrepo.yml"), "repository: {name: t}\ntargets: {" + targets + "}\n");
  }

  @Test
  void theTargetSaysWhereAndUnderWhichPath() throws IOException {
    configure("web: {url: srv/t, server: 'https://example.org/a/b%2Bc/'}");
    Run run = Run.of(directory, "client", "server", "nginx");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("location ^~ /a/b+c/ {", "alias \"" + directory.resolve("srv/t") + "/\";");
  }

  @Test
  void anSftpTargetLiesOnTheServer() throws IOException {
    configure("web: {url: 'sftp://you@example.org/srv/www/t/', server: 'https://example.org'}");
    Run run = Run.of(directory, "client", "server", "apache", "web");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Alias \"/\" \"/srv/www/t/\"", "<Directory \"/srv/www/t\">");
  }

  @Test
  void otherTargetsDoNotSayWhereTheyLie() throws IOException {
    configure("web: {url: 'https://example.org/dav/t', server: 'https://example.org/t'}");
    Run run = Run.of(directory, "client", "server", "nginx");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--root DIR");
    Run rooted = Run.of(directory, "client", "server", "nginx", "--root", "/srv/t/");
    assertThat(rooted.out()).contains("alias \"/srv/t/\";");
  }

  @Test
  void itGoesIntoAFile() throws IOException {
    configure("web: {url: srv/t, server: 'https://example.org/t'}");
    Run run = Run.of(directory, "client", "server", "nginx", "--out", "new/folder");
    Path file = directory.resolve("new/folder/qrepo-t.conf");
    assertThat(run.out()).isEqualTo(file + "\n");
    assertThat(file)
        .hasContent(Run.of(directory, "client", "server", "nginx").out().stripTrailing());
    assertThat(Run.of(directory, "client", "server", "apache", "--json").out())
        .contains(
            "\"schema\" : \"qrepo.client-server/1\"", "\"server\" : \"apache\"", "RewriteRule");
  }

  @Test
  void whatCouldMeanSomethingElseIsRefused() throws IOException {
    configure("web: {url: 'srv/$t', server: 'https://example.org/t'}");
    Run run = Run.of(directory, "client", "server", "nginx");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("cannot stand in a web server's configuration");
    assertThat(Run.of(directory, "client", "server", "iis").code()).isEqualTo(2);
    assertThat(Run.of(directory, "client", "server").code()).isEqualTo(2);
    assertThat(Run.of(directory, "client").err()).contains("a command is missing");
  }
}
