package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplePackageTest {
  @Test
  void sameCallsGiveTheSameBytes() {
    assertThat(sample().bytes()).isEqualTo(sample().bytes());
  }

  private static SamplePackage sample() {
    return SamplePackage.of("a", "1-1")
        .randomFile("usr/share/a/random", 5000, 7)
        .symlink("usr/bin/a", "../share/a/random")
        .field("depend", "b>=2");
  }
}
