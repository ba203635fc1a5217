package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Workplace;

class ClientPageTest {
  @TempDir private Path directory;

  private Workplace place() {
    return new Workplace(directory).configure("web: {url: tree, server: 'https://127.0.0.1:1/t'}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--publish", "--out=page", "--quiet"})
  void whereNothingIsPublishedThereIsNoPage(String flag) {
    Workplace place = place();
    assertThat(place.ended(2, "client", "page", flag).err()).contains("nothing is published at");
    assertThat(place.path("tree")).doesNotExist();
  }

  @Test
  void itIsPutBesideTheRepositoryAndWrittenOnce() {
    Workplace place = place();
    place.ok("publish", place.sample("hello", "1-1"));
    assertThat(place.ok("client", "page", "--publish").err()).contains("is renewed", "index.html");
    assertThat(place.path("tree/index.html")).content().contains("hello");
    assertThat(place.ok("client", "page", "--publish").err()).contains("is up to date");
  }
}
