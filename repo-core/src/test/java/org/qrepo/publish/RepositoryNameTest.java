package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RepositoryNameTest {
  @Test
  void aNameThatIsTooLongIsToldSo() {
    String longest = "n".repeat(128);
    new RepositoryName(longest);
    assertThatThrownBy(() -> new RepositoryName(longest + "n"))
        .hasMessageEndingWith("is not a repository name: it has more than 128 characters");
    assertThatThrownBy(() -> new RepositoryName("-n")).hasMessageContaining("begin with none of");
  }
}
