package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Json;
import org.qrepo.cli.Workplace;

/**
 * Trees that the real makepkg, repo-add and gpg made, in every state in which people have them, are
 * adopted; the real pacman, which demands signatures of everything, judges what became of them.
 */
class AdoptIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final String T = Workplace.NAME;
  private static final String PKGBUILD =
      """
      pkgbase=hello
      pkgname=(hello other third)
      pkgver=%s
      pkgrel=1
      arch=(x86_64)
      url="https://example.org"
      license=(MIT)
      package_hello() {
        depends=('third>=1')
        install -Dm755 /dev/null "$pkgdir/usr/bin/hello"
        echo %s >"$pkgdir/usr/bin/hello"
      }
      package_other() {
        arch=(any)
        groups=(some)
        install -Dm644 /dev/null "$pkgdir/usr/share/other/with a blank"
      }
      package_third() { install -Dm644 /dev/null "$pkgdir/usr/share/third/f"; }
      """;

  private static Scratch scratch;
  private static Workplace work;
  private static GpgHome gpg;
  private static String key;
  private static String stranger;
  private static List<Path> packages;
  private static Path upgrade;
  private static PacmanClient client;
  private static Path live;

  @BeforeAll
  static void makePackages() {
    scratch = new Scratch();
    work = new Workplace(scratch.folder("w")).configure("web: {url: tree}");
    gpg = new GpgHome(scratch.path().resolve("s"));
    gpg.gpg("--import", work.path("key.asc").toString()).run().expectSuccess();
    key = work.key().fingerprint().hex();
    stranger = gpg.generateKey("Somebody else <else@example.org>", "ed25519");
    Makepkg makepkg = new Makepkg(scratch);
    packages = makepkg.build("one", PKGBUILD.formatted("1.0", "1.0"));
    upgrade =
        RepoAddTree.named(makepkg.build("two", PKGBUILD.formatted("2.0", "2.0")), "hello").get(0);
    live = scratch.path().resolve("live");
    client =
        new PacmanClient(
            scratch.path().resolve("c"), T, "file://" + live, work.path(work.certificate()));
  }

  @AfterAll
  static void tidy() {
    client.close();
    gpg.close();
    scratch.close();
  }

  /**
   * A state in which people have such a tree.
   *
   * @param flags that it takes to adopt it; without them it is refused, and nothing is written
   * @param findings what it is refused for, or else told: some of them
   */
  private record Kind(
      String name, Consumer<RepoAddTree> preparation, List<String> flags, List<String> findings) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Kind told(String name, Consumer<RepoAddTree> preparation, String... findings) {
    return new Kind(name, preparation, List.of(), List.of(findings));
  }

  private static Kind refused(
      String name, Consumer<RepoAddTree> preparation, String flag, String... findings) {
    return new Kind(name, preparation, List.of(flag), List.of(findings));
  }

  private static RepoAddTree signed(RepoAddTree tree) {
    return tree.put(packages).sign(packages).addSigned(packages);
  }

  private static String file(String name) {
    return RepoAddTree.named(packages, name).get(0).getFileName().toString();
  }

  private static List<Path> some(String... names) {
    return RepoAddTree.named(packages, names);
  }

  private static Path otherBuild() {
    return SamplePackage.of("hello", "1.0-1")
        .architecture("x86_64")
        .file("usr/bin/hello", "rebuilt")
        .writeTo(scratch.folder("rebuilt"));
  }

  private static List<Kind> kinds() {
    return List.of(
        told("signed", AdoptIT::signed),
        told(
            "unsigned",
            tree -> tree.put(packages).add(packages),
            "database-unsigned",
            "package-unsigned"),
        told(
            "database signature stale",
            tree ->
                tree.put(packages)
                    .sign(packages)
                    .addSigned(some("hello", "other"))
                    .add(some("third")),
            "signature-bad",
            "database-old"),
        told(
            "database signature empty",
            tree -> signed(tree).write("t.db.tar.gz.sig", ""),
            "signature-empty"),
        refused(
            "database signed by somebody else",
            tree -> tree.put(packages).sign(packages).addSigned(stranger, packages),
            "--resign",
            "key-unknown"),
        refused(
            "package file missing",
            tree -> signed(tree).delete(file("other")),
            "--drop-missing",
            "package-missing"),
        told(
            "file lists missing",
            tree ->
                signed(tree)
                    .delete("t.files", "t.files.tar.gz", "t.files.sig", "t.files.tar.gz.sig"),
            "files-database-missing"),
        told(
            "package signature lost",
            tree -> signed(tree).delete(file("hello") + ".sig"),
            "signature-missing"),
        told(
            "package signatures never made",
            tree -> tree.put(packages).sign(some("hello")).addSigned(packages),
            "package-unsigned"),
        told(
            "package signature stale",
            tree ->
                tree.put(packages)
                    .sign(packages)
                    .copy(tree.folder().resolve(file("other") + ".sig"), file("hello") + ".sig")
                    .addSigned(packages),
            "signature-bad"),
        refused(
            "package signed by somebody else",
            tree ->
                tree.put(packages)
                    .sign(some("hello", "other"))
                    .sign(stranger, some("third"))
                    .addSigned(packages),
            "--resign",
            "key-unknown"),
        refused(
            "other bytes than the database names",
            tree -> signed(tree).copy(otherBuild(), file("hello")),
            "--take-files",
            "entry-other-bytes"),
        told("compressed by xz", tree -> signed(tree.compressed(".tar.xz"))),
        told("compressed by zstd", tree -> signed(tree.compressed(".tar.zst"))),
        told("copies in the place of links", tree -> signed(tree).withoutLinks()),
        told(
            "databases from before", tree -> signed(tree).addSigned(some("other")), "database-old"),
        told(
            "older packages left there",
            tree ->
                signed(tree)
                    .copy(upgrade, "hello-0.9-1-x86_64.pkg.tar.zst")
                    .write("gone-1-1-any.pkg.tar.zst.sig", "x"),
            "package-orphan",
            "signature-orphan"),
        told(
            "packages that are links to a pool",
            tree -> signed(tree).linkOut(packages),
            "package-link"));
  }

  static Stream<Arguments> trees() {
    List<String> layouts = List.of("pointer", "plain");
    List<Kind> kinds = kinds();
    return IntStream.range(0, kinds.size())
        .boxed()
        .flatMap(
            i ->
                (FULL ? layouts : List.of(layouts.get(i % 3 == 2 ? 1 : 0)))
                    .stream()
                        .map(layout -> Arguments.of(kinds.get(i), layout, FULL || i % 3 == 0)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("trees")
  void pacmanInstallsAndUpgradesFromWhatBecameOfIt(Kind kind, String layout, boolean upgrades)
      throws IOException {
    RepoAddTree tree = tree(layout + " " + kind.name());
    kind.preparation().accept(tree);
    List<String> members = RepoAddTree.members(tree.database());
    if (kind.flags().isEmpty()) {
      Json plan = adopt(tree, layout, 0, "--dry-run");
      assertThat(plan.each("warnings", "id")).containsAll(kind.findings());
    } else {
      TreeState before = TreeState.of(tree.folder());
      assertThat(adopt(tree, layout, 3).findings()).containsAll(kind.findings());
      assertThat(TreeState.of(tree.folder())).isEqualTo(before);
    }

    Json receipt = adopt(tree, layout, 0, kind.flags().toArray(String[]::new));

    assertThat(receipt.number("seq")).isEqualTo(1);
    boolean dropped = kind.flags().contains("--drop-missing");
    assertThat(RepoAddTree.members(tree.folder().resolve("t.db")))
        .isEqualTo(members.stream().filter(m -> !dropped || !m.startsWith("other-")).toList());
    List<String> names = dropped ? List.of("hello", "third") : List.of("hello", "other", "third");
    judge(tree, names);
    if (upgrades) {
      upgrade(tree, layout);
    }
    client.remove(names.toArray(String[]::new)).expectSuccess();
  }

  private static RepoAddTree tree(String folder) {
    return new RepoAddTree(scratch.path().resolve(folder.replace(' ', '-')), T, gpg, key);
  }

  private static Json adopt(RepoAddTree tree, String layout, int code, String... flags) {
    List<String> words =
        new ArrayList<>(List.of("adopt", tree.folder().toString(), "--layout", layout));
    words.addAll(Arrays.asList(flags));
    return work.json(code, words.toArray(String[]::new));
  }

  /** A client that knows nothing of the tree installs all of it. */
  private static void judge(RepoAddTree tree, List<String> names) throws IOException {
    clearCache();
    Files.deleteIfExists(live);
    Files.createSymbolicLink(live, tree.folder());
    client.run("-Syy").expectSuccess();
    assertThat(client.list()).isEqualTo(names.stream().map(n -> n + " 1.0-1").toList());
    client.install(names.toArray(String[]::new)).expectSuccess();
    client.run("-Fyy").expectSuccess();
    assertThat(client.files("hello")).contains("usr/bin/hello");
    if (names.contains("other")) {
      assertThat(client.files("other")).contains("usr/share/other/with a blank");
    }
    work.ok("verify", tree.folder().toString(), "--deep");
  }

  private static void upgrade(RepoAddTree tree, String layout) {
    work.ok("publish", upgrade.toString(), "--to", tree.folder().toString(), "--layout", layout);
    client.upgrade().expectSuccess();
    assertThat(client.installed()).contains("hello 2.0-1");
    assertThat(client.root().resolve("usr/bin/hello")).hasContent("2.0");
  }

  private static void clearCache() throws IOException {
    try (Stream<Path> files = Files.list(client.root().resolveSibling("cache"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /** One that held repo-add's database sees the new one by its time alone. */
  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void aClientOfTheOldRepositoryGoesOn(String layout) throws IOException {
    RepoAddTree tree = signed(tree("client " + layout));
    Files.deleteIfExists(live);
    Files.createSymbolicLink(live, tree.folder());
    client.run("-Syy").expectSuccess();
    client.install("hello", "third").expectSuccess();
    byte[] old = client.database().orElseThrow();

    adopt(tree, layout, 0);

    client.sync().expectSuccess();
    assertThat(client.database().orElseThrow())
        .isNotEqualTo(old)
        .isEqualTo(Files.readAllBytes(tree.folder().resolve("t.db")));
    client.install("other").expectSuccess();
    assertThat(client.upgrade().expectSuccess().out()).contains("there is nothing to do");
    client.remove("hello", "third", "other").expectSuccess();
  }

  /** Where there is time for it, with packages that hold every trap of the formats. */
  @Test
  void entriesAndFileListsAreThoseOfRepoAdd() {
    List<Path> traps = FULL ? MakepkgSamples.all(new Makepkg(scratch)) : packages;
    RepoAddTree tree = tree("traps").put(traps).sign(traps).addSigned(traps);
    List<String> entries = RepoAddTree.contents(tree.database());
    List<String> lists = RepoAddTree.contents(tree.folder().resolve("t.files.tar.gz"));
    assertThat(entries).hasSameSizeAs(traps);

    adopt(tree, "pointer", 0);

    assertThat(RepoAddTree.contents(tree.folder().resolve("t.db"))).isEqualTo(entries);
    assertThat(RepoAddTree.contents(tree.folder().resolve("t.files"))).isEqualTo(lists);
  }

  /** repo-add itself goes on with a copy of what was adopted. */
  @Test
  void repoAddReadsWhatWasAdopted() {
    RepoAddTree tree = signed(tree("again"));
    adopt(tree, "plain", 0);
    List<String> members = RepoAddTree.members(tree.folder().resolve("t.db.tar.gz"));
    tree.put(List.of(upgrade)).sign(List.of(upgrade)).addSigned(List.of(upgrade));
    assertThat(RepoAddTree.members(tree.database()))
        .containsAll(members.stream().filter(m -> !m.startsWith("hello-")).toList())
        .contains("hello-2.0-1/desc");
    // And what repo-add left is not taken for a tree that never was adopted.
    assertThat(adopt(tree, "plain", 3).findings()).containsExactly("lineage-lost");
  }

  @Test
  void aTruncatedPackageIsRefusedWhateverTheFlags() throws IOException {
    RepoAddTree tree = signed(tree("truncated"));
    Path file = tree.folder().resolve(file("hello"));
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
    TreeState before = TreeState.of(tree.folder());
    Json refused =
        adopt(tree, "pointer", 3, "--take-files", "--drop-missing", "--resign", "--anew");
    assertThat(refused.each("findings", "subject")).containsExactly(file("hello"));
    assertThat(TreeState.of(tree.folder())).isEqualTo(before);
  }

  /** What happens to a repository of builderv2 from one publish to the next. */
  private enum Builder {
    FIRST_PUBLISH,
    SECOND_PUBLISH,
    EMPTY_SIGNATURE
  }

  /**
   * builderv2 runs repo-add once for each package in {@code
   * artifacts/repository-publish/archlinux/RELEASE/REPOSITORY/vm/archlinux/pkgs}, and signs what it
   * calls {@code NAME.db.tar.gz}, in ASCII armor; the link {@code NAME.db.sig} comes with the next
   * repo-add, and then it is the old signature's until the new one is made. The lists of files are
   * not signed.
   */
  @ParameterizedTest
  @EnumSource(Builder.class)
  void theLayoutOfBuilderv2(Builder state) {
    String name = "qubes-r4.3-current-testing";
    Path folder =
        scratch
            .path()
            .resolve("artifacts-" + state)
            .resolve("repository-publish/archlinux/r4.3/current-testing/vm/archlinux/pkgs");
    RepoAddTree tree = new RepoAddTree(folder, name, gpg, key);
    tree.put(packages).sign(packages);
    packages.forEach(p -> tree.add(List.of(p)));
    tree.signArmored();
    if (state == Builder.SECOND_PUBLISH) {
      tree.add(some("hello")).signArmored();
    } else if (state == Builder.EMPTY_SIGNATURE) {
      tree.write(name + ".db.tar.gz.sig", "").add(some("hello"));
    }
    assertThat(Files.exists(folder.resolve(name + ".db.sig")))
        .isEqualTo(state != Builder.FIRST_PUBLISH);

    Json plan = work.json(0, "adopt", folder.toString(), "--name", name, "--dry-run");
    List<String> told = plan.each("warnings", "id");
    if (state == Builder.EMPTY_SIGNATURE) {
      assertThat(told).contains("signature-empty");
    } else {
      assertThat(told).allMatch(id -> id.equals("database-old"));
    }
    work.ok("adopt", folder.toString(), "--name", name);

    try (PacmanClient other =
        new PacmanClient(
            scratch.path().resolve("c" + state.name().charAt(0)),
            name,
            "file://" + folder,
            work.path("cert.asc"))) {
      other.sync().expectSuccess();
      other.install("hello", "other", "third").expectSuccess();
      other.syncFiles().expectSuccess();
      assertThat(other.files("third")).contains("usr/share/third/f");
      work.ok("publish", upgrade.toString(), "--to", folder.toString(), "--name", name);
      other.upgrade().expectSuccess();
      assertThat(other.installed()).contains("hello 2.0-1");
    }
  }

  @Test
  void repoAddAtWorkIsWaitedFor() throws IOException {
    RepoAddTree tree = signed(tree("locked").compressed(".tar.xz"));
    Files.writeString(
        tree.folder().resolve("t.db.tar.xz.lck"), ProcessHandle.current().pid() + "\n");
    work.ended(7, "adopt", tree.folder().toString(), "--lock-wait", "0");
    assertThat(tree.folder().resolve("t.db")).isSymbolicLink();
    assertThat(Files.readSymbolicLink(tree.folder().resolve("t.db"))).hasToString("t.db.tar.xz");
    assertThat(tree.folder().resolve("generations")).doesNotExist();
    tree.delete("t.db.tar.xz.lck");
    adopt(tree, "pointer", 0);
  }
}
