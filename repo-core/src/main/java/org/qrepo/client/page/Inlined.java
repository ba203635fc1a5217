package org.qrepo.client.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import org.qrepo.io.Blob;

/** A style or script that stands in the page, and by its digest is all that may run there. */
record Inlined(String text) {
  static Inlined load(String resource) {
    try (InputStream in =
        Objects.requireNonNull(Inlined.class.getResourceAsStream(resource), resource)) {
      return new Inlined(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a Content-Security-Policy (level 2) calls it. */
  String source() {
    byte[] digest =
        HexFormat.of().parseHex(Blob.of(text.getBytes(StandardCharsets.UTF_8)).sha256().hex());
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }
}
