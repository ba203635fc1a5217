package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.TargetException;

/** How targets on web servers are written, and keys in their URLs. */
class DavAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://h/a, https://h/a",
    "HTTPS://you@h:8443/a/b//, https://h:8443/a/b",
    "http://[::1]:80/x, http://[::1]:80/x",
    "https://h, https://h",
    "https://h/grün/%c3%bc/x%20y, https://h/gr%C3%BCn/%c3%bc/x%20y"
  })
  void isRead(String target, String location) {
    assertThat(DavAddress.parse(target)).hasToString(location);
  }

  @ParameterizedTest
  @CsvSource({
    "https://you:secret@h/a, holds a password",
    "https://h/a?b, has a query",
    "https://h/a#b, has a query or a fragment",
    "https:///a, is not written as",
    "https://h/../a, leads up",
    "https://h/%zz, is no URL"
  })
  void isRefused(String target, String words) {
    assertThatThrownBy(() -> DavAddress.parse(target))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("secret");
  }

  @Test
  void userIsKeptForTheCredentials() {
    assertThat(DavAddress.parse("https://y%40x@h/a").user()).contains("y@x");
  }

  @ParameterizedTest
  @CsvSource({
    "a-1:2.3+4~5-1-any.pkg.tar.zst, a-1%3A2.3%2B4~5-1-any.pkg.tar.zst",
    "a%2Fb, a%252Fb",
    "grün/x y, gr%C3%BCn/x%20y"
  })
  void keysAreEncoded(String key, String path) {
    DavAddress address = DavAddress.parse("https://h/r");
    assertThat(address.of(new StoreKey(key))).hasToString("https://h/r/" + path);
  }
}
