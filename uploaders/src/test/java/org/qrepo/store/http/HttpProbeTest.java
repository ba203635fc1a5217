package org.qrepo.store.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpProbeTest {
  @TempDir private Path folder;

  @Test
  void showsRedirectsHeadersAndTheBeginning() throws Exception {
    String directives =
        """
        location = /r/t.db { return 302 generations/1/t.db; }
        location = /r/out { return 302 ftp://example.org/; }
        add_header X-One one; add_header X-One two;
        """;
    try (Nginx nginx = Nginx.start(folder, "", directives)) {
      Files.createDirectories(nginx.documents().resolve("r/generations/1"));
      Files.writeString(nginx.documents().resolve("r/big+1:2"), "é".repeat(70_000));
      HttpProbe probe = new HttpProbe(nginx.url() + "/r/", HttpSettings.standard());

      HttpProbe.Answer redirect = probe.ask("t.db", Map.of());
      assertThat(redirect.status()).isEqualTo(302);
      assertThat(redirect.next())
          .isEqualTo(Optional.of(URI.create(nginx.url() + "/r/generations/1/t.db")));
      assertThat(probe.ask(redirect.next().orElseThrow(), Map.of()).status()).isEqualTo(404);

      HttpProbe.Answer big = probe.ask("big+1:2", Map.of());
      assertThat(big.status()).isEqualTo(200);
      assertThat(big.next()).isEmpty();
      assertThat(big.beginning()).hasSize(1 << 16).startsWith("Ã©");
      assertThat(big.header("x-ONE")).contains("one, two");
      assertThat(big.header("x-two")).isEmpty();
      String modified = big.header("Last-Modified").orElseThrow();
      assertThat(probe.ask("big+1:2", Map.of("If-Modified-Since", modified)).status())
          .isEqualTo(304);

      assertThat(probe.ask("", Map.of()).status()).isEqualTo(403);
      assertThatThrownBy(() -> probe.ask("../t.db", Map.of())).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> probe.ask("out", Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no web server");
    }
  }
}
