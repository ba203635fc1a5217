package org.qrepo.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Packages that makepkg builds and that hold every trap of the formats: epochs, split packages of
 * mixed architecture, odd names, empty fields, relations, paths of every kind, every compression.
 */
final class MakepkgSamples {
  /** Every compression that qrepo reads, as the extension of a package. */
  static final List<String> EXTENSIONS =
      List.of(
          ".pkg.tar.zst", ".pkg.tar.xz", ".pkg.tar.gz", ".pkg.tar.bz2", ".pkg.tar.lz4", ".pkg.tar");

  private static final String EPOCH =
      """
      pkgname=with-epoch
      epoch=3
      pkgver=1.2.r5.gabcdef0
      pkgrel=1.1
      pkgdesc="A version   with an epoch, and a description with  many   blanks"
      arch=(x86_64)
      url="https://example.org/?q=a&b=c#d"
      license=('GPL-2.0-or-later' 'custom:BSD 3-Clause')
      depends=('glibc>=2.36' 'libfoo.so=1-64')
      package() { install -Dm755 /dev/null "$pkgdir/usr/bin/with-epoch"; }
      """;

  private static final String SPLIT =
      """
      pkgbase=split
      pkgname=(split-bin split-doc)
      pkgver=2.0
      pkgrel=3
      arch=(x86_64)
      url="https://example.org"
      license=(MIT)
      makedepends=('cmake' 'ninja>=1.10')
      checkdepends=('python-pytest')
      package_split-bin() {
        pkgdesc="The program"
        depends=(split-doc)
        install -Dm755 /dev/null "$pkgdir/usr/bin/split"
      }
      package_split-doc() {
        pkgdesc="Its documentation"
        arch=(any)
        install -Dm644 /dev/null "$pkgdir/usr/share/doc/split/index.html"
      }
      """;

  private static final String PLUS =
      """
      pkgname=libq++
      pkgver=0.9+git20260101
      pkgrel=1
      pkgdesc="A name and a version with plus signs"
      arch=(x86_64)
      url="https://example.org/libq++"
      license=(MIT)
      provides=('libq++.so=2-64' 'q=0.9')
      package() { install -Dm644 /dev/null "$pkgdir/usr/include/q++.h"; }
      """;

  private static final String BARE =
      """
      pkgname=bare
      pkgver=1
      pkgrel=1
      arch=(any)
      url=""
      package() { install -Dm644 /dev/null "$pkgdir/usr/share/bare/f"; }
      """;

  private static final String PATHS =
      """
      pkgname=paths
      pkgver=1.0
      pkgrel=1
      pkgdesc="Päths of évery kind"
      arch=(any)
      url="https://example.org"
      license=(MIT)
      package() {
        cd "$pkgdir"
        mkdir -p usr/share/paths/empty-folder usr/share/paths/.hidden usr/share/paths/z.d
        cd usr/share/paths
        echo one > file
        ln file hard-link
        ln -s file symlink
        ln -s /nowhere/at/all dangling
        echo two > 'with space'
        echo three > 'with\\backslash'
        echo four > $'with\\ttab'
        echo five > 'naïve-übung-日本'
        echo six > .hidden/.nested
        echo seven > .config
        echo eight > '-dash'
        echo nine > 'glob*[a]?'
        echo ten > "quote'\\"quote"
        long=$(printf 'long-%.0s' {1..27})
        mkdir -p "$long/$long"
        echo eleven > "$long/$long/file-with-a-path-longer-than-two-hundred-and-fifty-five"
        echo twelve > "$(printf 'n%.0s' {1..150})"
        touch z.d/a z-a z
      }
      """;

  private static final String RELATIONS =
      """
      pkgname=relations
      pkgver=4.2
      epoch=1
      pkgrel=10
      pkgdesc="Lists of everything: = signs, 'quotes', \\"double\\" and \\$dollars"
      arch=(any)
      url="https://example.org/a b"
      license=(Apache-2.0 'LGPL')
      groups=(base-devel qubes-vm x-group)
      depends=('sh' 'a>=1' 'b<=2' 'c=3' 'd<4' 'e>5' 'f=1:2.3-4')
      optdepends=('python: for scripts' 'foo=1.0: with a version' 'bar: a = b and c: d' 'plain')
      provides=('virtual' 'virtual-v=2')
      conflicts=('old-relations<2' 'rival')
      replaces=('older-relations')
      backup=(etc/relations.conf)
      install=relations.install
      changelog=ChangeLog
      package() { install -Dm644 /dev/null "$pkgdir/etc/relations.conf"; }
      """;

  private static final String META =
      """
      pkgname=meta
      pkgver=2026.11
      pkgrel=1
      pkgdesc="Depends on others and has no files"
      arch=(any)
      url="https://example.org"
      license=(MIT)
      depends=(bare paths)
      package() { :; }
      """;

  private MakepkgSamples() {}

  /** All of them, about two dozen seconds of work. */
  static List<Path> all(Makepkg makepkg) {
    List<Path> made = new ArrayList<>();
    made.addAll(makepkg.build("epoch", EPOCH));
    made.addAll(makepkg.build("split", SPLIT));
    made.addAll(makepkg.build("plus", PLUS));
    made.addAll(makepkg.build("bare", BARE));
    made.addAll(makepkg.build("paths", PATHS));
    made.addAll(
        makepkg.build(
            "relations",
            RELATIONS,
            new Makepkg.Source("relations.install", "post_install() { :; }\n"),
            new Makepkg.Source("ChangeLog", "4.2: all relations\n")));
    made.addAll(makepkg.build("meta", META));
    made.addAll(compressions(makepkg));
    return List.copyOf(made);
  }

  /** The same package in every compression, under names of their own. */
  static List<Path> compressions(Makepkg makepkg) {
    return EXTENSIONS.stream().flatMap(extension -> compressed(makepkg, extension)).toList();
  }

  private static Stream<Path> compressed(Makepkg makepkg, String extension) {
    String name = "in" + extension.replace(".pkg", "").replace('.', '-');
    return makepkg.build(name, simple(name, "1.0-1"), extension).stream();
  }

  /** A PKGBUILD of one file, {@code /usr/share/NAME/version}, that holds the version. */
  static String simple(String name, String version) {
    String[] parts = version.split("-", 2);
    return """
        pkgname=%1$s
        pkgver=%2$s
        pkgrel=%3$s
        pkgdesc="Tells its version"
        arch=(any)
        url="https://example.org/%1$s"
        license=(MIT)
        package() {
          mkdir -p "$pkgdir/usr/share/%1$s"
          echo %2$s-%3$s > "$pkgdir/usr/share/%1$s/version"
        }
        """
        .formatted(name, parts[0], parts[1]);
  }
}
