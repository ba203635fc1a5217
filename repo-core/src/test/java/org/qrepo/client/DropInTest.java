package org.qrepo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.RepositoryName;

class DropInTest {
  private static final RepositoryName NAME = new RepositoryName("mine");
  private static final List<ServerUrl> SERVERS =
      List.of(new ServerUrl("https://a.example.org/$repo/$arch/"), new ServerUrl("http://b/x"));

  private static DropIn dropIn(DropInPriority priority, String release) {
    return DropIn.of(NAME, priority, Optional.of(QubesRelease.parse(release)), SERVERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"r4.0", "r4.1", "4.2", "r4.3", "r4.4", "r5.0"})
  void itsNameStandsBeforeOrAfterTheOfficialOnes(String release) {
    List<String> names = new ArrayList<>(OfficialDropIns.of(QubesRelease.parse(release)));
    assertThat(names).as("in the order of pacman").isSorted();
    names.add(0, dropIn(DropInPriority.OVERRIDE, release).fileName());
    names.add(dropIn(DropInPriority.SUPPLEMENT, release).fileName());
    assertThat(names).isSorted();
    assertThat(names).allMatch(n -> n.compareTo("10-qubes-options.conf") > 0);
  }

  @Test
  void officialNamesAreThoseOfTheirReleases() {
    assertThat(OfficialDropIns.of(QubesRelease.parse("4.0"))).isEmpty();
    assertThat(OfficialDropIns.of(QubesRelease.parse("4.1")))
        .containsExactly("90-qubes-4.1-current-testing.conf", "90-qubes-4.1-current.conf");
    assertThat(OfficialDropIns.of(QubesRelease.parse("4.2")))
        .containsExactly("85-qubes-4.2-current-testing.conf", "90-qubes-4.2-current.conf");
    assertThat(OfficialDropIns.of(QubesRelease.parse("4.3")))
        .containsExactly("85-qubes-current-testing.conf", "90-qubes-current.conf");
    assertThat(OfficialDropIns.isOfficial("qubes-r4.3-current")).isTrue();
    assertThat(OfficialDropIns.isOfficial("qubes")).isFalse();
  }

  @Test
  void theSectionComesFirstAndDemandsSignatures() {
    String text = dropIn(DropInPriority.OVERRIDE, "4.3").text();
    assertThat(text.lines().filter(l -> !l.startsWith("#")))
        .containsExactly(
            "[mine]",
            "SigLevel = Required TrustedOnly",
            "Server = https://a.example.org/$repo/$arch",
            "Server = http://b/x");
    assertThat(text)
        .contains("before those of Qubes: 85-qubes-current-testing.conf, 90-qubes-current.conf")
        .endsWith("\n");
  }

  @Test
  void theOldFormStandsBehindAll() {
    DropIn dropIn = DropIn.legacy(new RepositoryName("qubes"), QubesRelease.parse("r4.0"), SERVERS);
    assertThat(dropIn.path()).isEqualTo("etc/pacman.d/99-qubes-repository-4.0.conf");
    assertThat(dropIn.text()).contains("[qubes]\nSigLevel = ");
  }

  @Test
  void aRepositoryNeedsAServer() {
    assertThatThrownBy(() -> DropIn.of(NAME, DropInPriority.OVERRIDE, Optional.empty(), List.of()))
        .hasMessage("a repository needs a server");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.org",
        "https://",
        "https://example.org/a b",
        "https://example.org/\nSigLevel = Never",
        "https://example.org/'",
        "https://example.org/\"",
        "https://example.org/\\",
        "https://me:secret@example.org/",
        "sftp://example.org/",
        "https://exämple.org/",
        "https://example.org/`x`"
      })
  void whatPacmanCannotFetchFromIsRefused(String url) {
    assertThatThrownBy(() -> new ServerUrl(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "r4", "v4.3", "04.3", "4.3.1", "r4.3\n", "4.333"})
  void otherReleasesThanThoseOfQubesAreRefused(String text) {
    assertThatThrownBy(() -> QubesRelease.parse(text))
        .hasMessageContaining("is not a Qubes release like r4.3");
  }
}
