package org.qrepo.cli.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qrepo.cli.config.ComponentName;

class KnownComponentsTest {
  @Test
  void eachComponentAndEachPackageIsListedOnce() {
    assertThat(KnownComponents.all()).extracting(KnownComponent::name).doesNotHaveDuplicates();
    assertThat(KnownComponents.all().stream().flatMap(c -> c.packages().stream()))
        .flatExtracting(KnownComponent.Expected::anyOf)
        .doesNotHaveDuplicates()
        .contains("qubes-vm-core", "pipewire-qubes", "qubes-vm-repo");
  }

  @Test
  void oneOfSeveralPackagesIsEnough() {
    KnownComponent gui = known("gui-agent-linux");

    assertThat(gui.missingFrom(Set.of("qubes-vm-gui", "pipewire-qubes"))).isEmpty();
    assertThat(gui.missingFrom(Set.of("qubes-vm-gui")))
        .singleElement()
        .hasToString("qubes-vm-pulseaudio or pipewire-qubes");
  }

  @Test
  void packagesOfSomeReleasesAreNotMissed() {
    List<String> given =
        List.of("qubes-vm-core", "qubes-vm-networking", "qubes-vm-passwordless-root");

    assertThat(known("core-agent-linux").missingFrom(given)).isEmpty();
    assertThat(known("core-agent-linux").missingFrom(given.subList(0, 2))).hasSize(1);
  }

  private static KnownComponent known(String name) {
    return KnownComponents.of(new ComponentName(name)).orElseThrow();
  }
}
