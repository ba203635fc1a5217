package org.qrepo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.RepositoryName;

class WebServerTest {
  private static ServedFolder folder(String name, String directory, String path) {
    return new ServedFolder(new RepositoryName(name), directory, path);
  }

  @ParameterizedTest
  @EnumSource(WebServer.class)
  void everyPlaceIsFilledAndOnlyOnce(WebServer server) {
    String text = server.configuration(folder("a.b+c", "/srv/www/my repo/x", "/q.1/"));
    assertThat(text)
        .doesNotContain("{{", "}}")
        .contains("/srv/www/my repo/x", "/q.1", "a[.]b[+]c[.](?:db|files)");
  }

  /** What stands for a value in the text may be somebody's name. */
  @ParameterizedTest
  @EnumSource(WebServer.class)
  void namesAreNotTakenForPlaces(WebServer server) {
    String text = server.configuration(folder("path", "/directory/name", "/name/alias/"));
    assertThat(text).contains("\"/directory/name", "/name/alias", "path[.](?:db|files)");
  }

  @Test
  void aRepositoryMayBeAtTheTop() {
    ServedFolder top = folder("t", "/srv/www", "/");
    assertThat(WebServer.NGINX.configuration(top))
        .contains("location ^~ / {", "\"^/generations/", "alias \"/srv/www/\";");
    assertThat(WebServer.APACHE.configuration(top))
        .contains("Alias \"/\" \"/srv/www/\"", "RewriteBase \"/\"");
    assertThat(WebServer.APACHE.fileName(top)).isEqualTo("qrepo-t.conf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "srv",
        "/",
        "/srv/",
        "/srv//www",
        "/srv/../etc",
        "/srv/.",
        "/a\"b",
        "/a'b",
        "/a\\b",
        "/a$b",
        "/a%{b}",
        "/a{b",
        "/a;b",
        "/a\nb",
        "/a#b",
        "/a[b]",
        "/a*"
      })
  void whatCouldMeanMoreThanADirectoryIsRefused(String directory) {
    assertThatThrownBy(() -> folder("t", directory, "/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot stand in a web server's configuration");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a/", "/a", "/a//b/", "/../", "/a/./b/", "/a b/", "/a\"/", "/a(/", "/a$/", "/ä/"
      })
  void whatCouldMeanMoreThanAPathIsRefused(String path) {
    assertThatThrownBy(() -> folder("t", "/srv", path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot stand in a web server's configuration");
  }
}
