package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Compression;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "libq++", "@x", "_x", "+", "a-b.c_d@e", "0ad", "R"})
  void acceptsPackageNames(String name) {
    assertThat(new PackageName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", ".a", "a b", "../e", "a/b", "qté", "a\n", "a\0", "a:b", "a=b", "a>b"})
  void refusesPackageNamesThatClientsCannotRead(String name) {
    assertThatThrownBy(() -> new PackageName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("package name ")
        .hasMessageNotContainingAny("\n", "\0");
  }

  @Test
  void boundsPackageNames() {
    assertThat(new PackageName("n".repeat(251)).value()).hasSize(251);
    assertThatThrownBy(() -> new PackageName("n".repeat(252))).hasMessageContaining("longer");
  }

  @Test
  void ordersPackageNamesByBytes() {
    assertThat(Stream.of("b", "a", "B", "a-b", "a.b", "_").map(PackageName::new).sorted())
        .extracting(PackageName::value)
        .containsExactly("B", "_", "a", "a-b", "a.b", "b");
  }

  @Test
  void knowsWhichArchitecturesFit() {
    Architecture x86 = new Architecture("x86_64");
    assertThat(x86.accepts(x86)).isTrue();
    assertThat(x86.accepts(Architecture.ANY)).isTrue();
    assertThat(x86.accepts(new Architecture("aarch64"))).isFalse();
    assertThat(Architecture.ANY.accepts(x86)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x86-64", "x 86", "é", "a/b", "x86_64\n"})
  void refusesArchitectures(String value) {
    assertThatThrownBy(() -> new Architecture(value)).hasMessageStartingWith("architecture ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a-1-1-any.pkg.tar", "a-1:2-1-x86_64.pkg.tar.zst", "libq++-1-1-any.pkg.tar.xz",
        "a-1%3A2-1-any.pkg.tar.gz", "@a-1-1-any.pkg.tar.bz2", "x.pkg.tar.lz4"
      })
  void acceptsFileNames(String value) {
    PackageFileName name = new PackageFileName(value);
    assertThat(name.signature()).isEqualTo(value + ".sig");
    assertThat(value).startsWith(name.stem() + ".pkg.tar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a.tar.zst",
        "a.pkg.tar.zst.sig",
        "a.pkg.tar.",
        ".pkg.tar",
        "a/b.pkg.tar",
        "a b.pkg.tar",
        "a?.pkg.tar",
        "a#.pkg.tar",
        "a\\b.pkg.tar",
        "é.pkg.tar",
        "a\n.pkg.tar",
        "-a.pkg.tar",
        ".a.pkg.tar",
        "a.pkg.tar.zst.part.x",
        "a.pkg.tar.z/t"
      })
  void refusesFileNamesThatClientsCannotFetch(String value) {
    assertThatThrownBy(() -> new PackageFileName(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("file name ");
  }

  @Test
  void boundsFileNames() {
    String longest = "n".repeat(251 - ".pkg.tar".length()) + ".pkg.tar";
    assertThat(new PackageFileName(longest).signature()).hasSize(255);
    assertThatThrownBy(() -> new PackageFileName("n" + longest)).hasMessageContaining("longer");
  }

  @Test
  void namesFilesAsMakepkgDoes() {
    PackageFileName name =
        PackageFileName.of(
            new PackageName("a-b"),
            new PackageVersion("1:2-3"),
            Architecture.ANY,
            Compression.ZSTD);
    assertThat(name).hasToString("a-b-1:2-3-any.pkg.tar.zst");
    assertThat(name.stem()).isEqualTo("a-b-1:2-3-any");
  }
}
