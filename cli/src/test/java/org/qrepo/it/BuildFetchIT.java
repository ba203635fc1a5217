package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;

/**
 * {@code build fetch} against sources that real git and real gpg have signed: the good ways, and
 * each way to be bad.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuildFetchIT {
  private final Scratch scratch = new Scratch();
  private final Path home = scratch.folder("home");
  private final SignedSource source = new SignedSource(scratch.path().resolve("s"));
  private final Map<String, String> keys = new HashMap<>();
  private int folders;

  @BeforeAll
  void makeKeys() {
    source.init(SignedSource.V2);
    key("stranger", SignedSource.at(2019));
    key("revoked", SignedSource.at(2019));
    key("uncertified", SignedSource.at(2019));
    key("lapsed", SignedSource.at(2019));
    keys.put("expired", newKey("expired", "1y", SignedSource.at(2019)));
    source.certify(source.master(), id("revoked"));
    source.certify(source.master(), id("expired"), SignedSource.at(2019));
    source.certify(source.master(), id("uncertified"));
    source
        .gpg()
        .gpg("--yes", "--quick-revoke-sig", id("uncertified"), source.master())
        .run()
        .expectSuccess();
    List<String> options = new ArrayList<>(List.of(SignedSource.at(2020)));
    options.addAll(List.of("--default-cert-expire", "10d"));
    source.certify(source.master(), id("lapsed"), options.toArray(String[]::new));
  }

  /** The fingerprint of the key of that name. */
  private String id(String name) {
    return Objects.requireNonNull(keys.get(name), name);
  }

  private void key(String name, String... options) {
    keys.put(name, newKey(name, "never", options));
  }

  private String newKey(String name, String expiry, String... options) {
    String owner = name + " <" + name + "@example.org>";
    source
        .gpg()
        .gpg(options)
        .with("--passphrase", "", "--quick-gen-key", owner, "ed25519", "sign", expiry)
        .run()
        .expectSuccess();
    return source.gpg().gpg("--list-keys", "--with-colons", "=" + owner).run().lines().stream()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .findFirst()
        .orElseThrow();
  }

  @AfterAll
  void close() {
    source.close();
    scratch.close();
  }

  private Path fresh(String name) {
    return scratch.path().resolve(name + folders++);
  }

  private Run qrepo(String... words) {
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "PATH", String.valueOf(System.getenv("PATH")));
    return Run.of(home, environment, List.of(words));
  }

  /** Runs the command with the master key pinned and the usual certificates. */
  private Run fetch(String... words) {
    List<String> all = new ArrayList<>(List.of("build", "fetch"));
    all.addAll(List.of(words));
    if (!all.contains("--master-key")) {
      all.addAll(List.of("--master-key", source.master()));
    }
    if (!all.contains("--keys")) {
      all.addAll(List.of("--keys", allKeys().toString()));
    }
    return qrepo(all.toArray(String[]::new));
  }

  private Path allKeys() {
    Path file = scratch.path().resolve("s/all.asc");
    if (Files.exists(file)) {
      return file;
    }
    List<String> known = new ArrayList<>(List.of(source.master(), source.developer()));
    known.addAll(List.of(id("uncertified"), id("lapsed"), id("expired")));
    return source.keys("all.asc", known.toArray(String[]::new));
  }

  private Run ok(Run run) {
    assertThat(run.code()).as(run.toString()).isZero();
    return run;
  }

  private static Json json(Run run) {
    return Json.of(run.out());
  }

  /** A repository of its own with this history. */
  private SignedSource like(String format, Map<String, String> tree) {
    return source.another(fresh("origin"), format).init(tree);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"SHA1", "SHA256"},
      value = org.qrepo.sign.git.ObjectFormat.class)
  void getsItKeepsItUpToDateAndVerifiesIt(org.qrepo.sign.git.ObjectFormat format)
      throws IOException {
    SignedSource origin = like(format.word(), SignedSource.V2);
    Path directory = fresh("v2");
    Json cloned = json(ok(fetch(directory.toString(), "--url", origin.url(), "--json")));
    assertThat(cloned.text("schema")).isEqualTo("qrepo.build-fetch/1");
    assertThat(cloned.text("action")).isEqualTo("cloned");
    assertThat(cloned.text("builder")).isEqualTo("v2");
    assertThat(cloned.text("commit")).isEqualTo(origin.git("rev-parse", "HEAD"));
    assertThat(cloned.each("tags", "name")).containsExactly("v1");
    assertThat(cloned.each("tags", "signer")).containsExactly(source.developer());
    assertThat(SignedSource.git(directory, "status", "--porcelain")).isEmpty();
    assertThat(SignedSource.git(directory, "fsck", "--no-dangling")).isEmpty();
    assertThat(Files.isExecutable(directory.resolve("qb"))).isTrue();

    assertThat(
            json(ok(fetch(directory.toString(), "--url", origin.url(), "--json"))).text("action"))
        .isEqualTo("unchanged");

    origin.commit("second", Map.of("new/file", "new\n", "qb", "#!/bin/sh\necho 2\n"));
    origin.tag("v2", source.developer());
    Json updated = json(ok(fetch(directory.toString(), "--url", origin.url(), "--json")));
    assertThat(updated.text("action")).isEqualTo("updated");
    assertThat(updated.text("previous")).isEqualTo(cloned.text("commit"));
    assertThat(updated.each("tags", "name")).containsExactly("v2");
    assertThat(Files.readString(directory.resolve("new/file"))).isEqualTo("new\n");
    assertThat(SignedSource.git(directory, "status", "--porcelain")).isEmpty();
    assertThat(SignedSource.git(directory, "describe")).isEqualTo("v2");

    Files.writeString(directory.resolve("builder.yml"), "ignored: true\n");
    Run verified = ok(fetch(directory.toString(), "--verify-only"));
    assertThat(verified.out()).contains("qubes-builder v2, verified, commit").contains("tag v2");
    assertThat(verified.err()).contains("was signed by 'A Developer <dev@example.org>'");
  }

  @Test
  void getsTheClassicBuilderWithTheCertificatesThatItBringsAlong() throws IOException {
    Map<String, String> tree = new HashMap<>(SignedSource.CLASSIC);
    tree.put("qubes-developers-keys.asc", Files.readString(source.keys()));
    SignedSource origin = like("sha1", tree);
    Path directory = fresh("classic");
    Run run =
        ok(
            qrepo(
                "build",
                "fetch",
                directory.toString(),
                "--master-key",
                source.master(),
                "--url",
                origin.repository().toString()));
    assertThat(run.out()).contains("qubes-builder (classic), fetched and verified");
    Files.createDirectories(directory.resolve("qubes-packages-mirror-repo/vm-archlinux/pkgs"));
    Files.writeString(
        directory.resolve("qubes-packages-mirror-repo/vm-archlinux/pkgs/x.pkg.tar.zst"), "x");
    Files.createDirectories(directory.resolve("qubes-src/core-agent-linux/.git"));
    Files.writeString(directory.resolve("builder.conf"), "NO_SIGN = 1\n");
    ok(
        qrepo(
            "build",
            "fetch",
            directory.toString(),
            "--master-key",
            source.master(),
            "--verify-only"));
  }

  @Test
  void aSignedCommitIsEnough() {
    SignedSource origin = like("sha1", SignedSource.V2);
    origin.signedCommit("second", Map.of("x", "x\n"), source.developer());
    Path directory = fresh("signed");
    Json json = json(ok(fetch(directory.toString(), "--url", origin.url(), "--json")));
    assertThat(json.each("commit-signatures", "signer")).containsExactly(source.developer());
    assertThat(json.objects("tags")).isEmpty();
  }

  @Test
  void aReplacedObjectOrAnIndexThatLooksAwayChangeNothing() throws IOException {
    Path directory = checkout(source);
    SignedSource.git(directory, "commit", "--allow-empty", "-qm", "other");
    String other = SignedSource.git(directory, "rev-parse", "HEAD");
    SignedSource.git(directory, "reset", "--hard", "-q", "HEAD~");
    SignedSource.git(directory, "replace", "HEAD", other);
    ok(fetch(directory.toString(), "--verify-only"));
    SignedSource.git(directory, "update-index", "--assume-unchanged", "qb");
    Files.writeString(directory.resolve("qb"), "#!/bin/sh\nevil\n");
    assertThat(findings(fetch(directory.toString(), "--verify-only", "--json")))
        .containsExactly("source-changed");
  }

  @Test
  void nothingThatACheckoutNamesIsRun() throws IOException {
    Path directory = checkout(source);
    Path mark = directory.resolveSibling("ran");
    Path evil = directory.resolve(".git/evil");
    Files.writeString(evil, "#!/bin/sh\ntouch '" + mark + "'\ncat\n");
    Files.setPosixFilePermissions(evil, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String hook : List.of("reference-transaction", "post-checkout", "post-index-change")) {
      Files.createDirectories(directory.resolve(".git/hooks"));
      Files.copy(evil, directory.resolve(".git/hooks/" + hook));
      Files.setPosixFilePermissions(
          directory.resolve(".git/hooks/" + hook), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.createDirectories(directory.resolve(".git/info"));
    Files.writeString(directory.resolve(".git/info/attributes"), "* filter=evil diff=evil\n");
    Files.writeString(
        directory.resolve(".git/config"),
        """
        [core]
        	repositoryformatversion = 1
        	fsmonitor = %1$s
        	hooksPath = .git/hooks
        	sshCommand = %1$s
        	gitProxy = %1$s
        	alternateRefsCommand = %1$s
        	askPass = %1$s
        [extensions]
        	partialClone = origin
        [credential]
        	helper = %1$s
        [filter "evil"]
        	clean = %1$s
        	smudge = %1$s
        	process = %1$s
        	required = true
        [remote "origin"]
        	url = ext::%1$s
        [gc]
        	recentObjectsHook = %1$s
        [branch "main"]
        	remote = ext::%1$s
        	promisor = true
        	uploadpack = %1$s
        [include]
        	path = %1$s
        """
            .formatted(evil));
    assertThat(findings(fetch(directory.toString(), "--verify-only", "--json")))
        .containsExactly("source-git-settings", "source-git-hooks");
    Run update = fetch(directory.toString(), "--url", source.url(), "--json");
    assertThat(findings(update)).containsExactly("source-git-settings", "source-git-hooks");
    assertThat(mark).doesNotExist();
  }

  @Test
  void aLinkToAnEmptyDirectoryStays() throws IOException {
    Path directory = Files.createDirectory(fresh("real"));
    Path link = Files.createSymbolicLink(fresh("link"), directory);
    ok(fetch(link.toString(), "--url", source.url()));
    assertThat(link).isSymbolicLink();
    assertThat(directory.resolve("qb")).isRegularFile();
  }

  @Test
  void whatIsRefusedLeavesNothingBehind() throws IOException {
    SignedSource origin = like("sha1", SignedSource.V2);
    origin.commit("unsigned", Map.of("qb", "#!/bin/sh\nevil\n"));
    Path directory = fresh("none");
    Run run = fetch(directory.toString(), "--url", origin.url());
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("Nothing was changed.");
    assertThat(directory).doesNotExist();
    try (Stream<Path> left = Files.list(directory.getParent())) {
      assertThat(left.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(".")))
          .isEmpty();
    }

    Path old = checkout(like("sha1", SignedSource.V2));
    Path theirs = old.resolveSibling(old.getFileName() + "x");
    Files.move(old, theirs);
    String before = SignedSource.git(theirs, "rev-parse", "HEAD");
    assertThat(fetch(theirs.toString(), "--url", origin.url()).code()).isEqualTo(3);
    assertThat(SignedSource.git(theirs, "rev-parse", "HEAD")).isEqualTo(before);
    assertThat(Files.readString(theirs.resolve("qb"))).doesNotContain("evil");
  }

  @Test
  void theRealProgramDoesIt() {
    Path directory = fresh("real");
    Command.Output run =
        new QrepoCli(home)
            .command("build", "fetch", directory.toString(), "--url", source.url())
            .with("--master-key", source.master(), "--keys", allKeys().toString())
            .run();
    assertThat(run.expectSuccess().out()).contains("fetched and verified");
  }

  /** A way to be bad. */
  private record Way(String id, int code, Arranged arranged) {
    static Way of(String id, Arranged arranged) {
      return new Way(id, 3, arranged);
    }

    @Override
    public String toString() {
      return id + " " + code;
    }
  }

  /** Makes it, and tells how to run the command. */
  private interface Arranged {
    List<String> words(BuildFetchIT test) throws IOException;
  }

  private Path checkout(SignedSource origin) {
    Path directory = fresh("c");
    Command.of("git", "clone", "--quiet", "--template=")
        .with(origin.repository().toString(), directory.toString())
        .run()
        .expectSuccess();
    return directory;
  }

  /** A checkout whose only tag is signed so. */
  private List<String> tagged(String key, Path program, String... more) {
    Path directory = checkout(source);
    SignedSource.git(directory, "tag", "-d", "v1");
    SignedSource.gitAs(directory, program, "tag", "-s", "-u", key, "-m", "m", "v2");
    List<String> words = new ArrayList<>(List.of(directory.toString(), "--verify-only"));
    words.addAll(List.of(more));
    return words;
  }

  private List<String> tagged(String key, String... more) {
    return tagged(key, source.program(), more);
  }

  /** A checkout to which this is done. */
  private List<String> spoilt(Spoiling spoiling) throws IOException {
    Path directory = checkout(source);
    spoiling.spoil(directory);
    return List.of(directory.toString(), "--verify-only");
  }

  private interface Spoiling {
    void spoil(Path directory) throws IOException;
  }

  /** A checkout of v2, whose server goes on like this. */
  private List<String> update(Going going) throws IOException {
    SignedSource origin = like("sha1", SignedSource.V2);
    origin.commit("second", Map.of("x", "x\n")).tag("v2", source.developer());
    Path directory = checkout(origin);
    going.on(origin, directory);
    return List.of(directory.toString(), "--url", origin.url());
  }

  private interface Going {
    void on(SignedSource origin, Path directory) throws IOException;
  }

  private static void forge(Path directory, String tag, String name, String from, String to) {
    try {
      String text = SignedSource.git(directory, "cat-file", "tag", tag).replace(from, to) + "\n";
      Path file = Files.writeString(directory.resolve(".git/forged"), text);
      String id = SignedSource.git(directory, "hash-object", "-w", "-t", "tag", file.toString());
      SignedSource.git(directory, "tag", "-d", tag);
      SignedSource.git(directory, "update-ref", "refs/tags/" + name, id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpack(Path directory) {
    try (Stream<Path> packs = Files.list(directory.resolve(".git/objects/pack"))) {
      for (Path pack : packs.filter(p -> p.toString().endsWith(".pack")).toList()) {
        Path moved = Files.move(pack, directory.resolve(".git/moved.pack"));
        Command.of("sh", "-c", "git -C '%s' unpack-objects -q < '%s'".formatted(directory, moved))
            .run()
            .expectSuccess();
      }
    } catch (java.nio.file.NoSuchFileException e) {
      // a clone of a directory here has loose objects already
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path loose(Path directory, String rev) {
    String id = SignedSource.git(directory, "rev-parse", rev);
    return directory.resolve(".git/objects/" + id.substring(0, 2) + "/" + id.substring(2));
  }

  static Stream<Way> ways() {
    return Stream.of(
        // signatures
        Way.of("source-unsigned", t -> t.spoilt(d -> SignedSource.git(d, "tag", "-d", "v1"))),
        Way.of(
            "tag-elsewhere",
            t -> t.spoilt(d -> SignedSource.git(d, "commit", "--allow-empty", "-qm", "later"))),
        Way.of(
            "tag-name-differs",
            t ->
                t.spoilt(
                    d -> {
                      SignedSource.git(d, "update-ref", "refs/tags/v9", "refs/tags/v1");
                      SignedSource.git(d, "tag", "-d", "v1");
                    })),
        Way.of(
            "tag-unsigned",
            t ->
                t.spoilt(
                    d -> {
                      SignedSource.git(d, "tag", "-d", "v1");
                      SignedSource.git(d, "tag", "-a", "-m", "m", "v2");
                    })),
        Way.of(
            "signature-bad",
            t -> t.spoilt(d -> forge(d, "v1", "v1", "version v1", "version v1, forged"))),
        Way.of(
            "signature-bad",
            t ->
                t.spoilt(
                    d -> {
                      SignedSource.git(d, "commit", "--allow-empty", "-qm", "evil");
                      String evil = SignedSource.git(d, "rev-parse", "HEAD");
                      forge(d, "v1", "v1", SignedSource.git(d, "rev-parse", "HEAD~"), evil);
                    })),
        Way.of("key-unknown", t -> t.tagged(t.id("stranger"))),
        Way.of(
            "key-not-certified",
            t ->
                t.tagged(
                    t.id("stranger"),
                    "--keys",
                    t.source.keys("b.asc", t.source.master(), t.id("stranger")).toString())),
        Way.of("certification-revoked", t -> t.tagged(t.id("uncertified"))),
        Way.of("certification-expired", t -> t.tagged(t.id("lapsed"))),
        Way.of(
            "key-revoked",
            t -> t.tagged(t.id("revoked"), "--keys", t.withRevocation("revoked").toString())),
        Way.of(
            "key-expired",
            t ->
                t.tagged(
                    t.id("expired"),
                    t.source.wrapper("then", "--faked-system-time 20190601T000000"))),
        Way.of(
            "signature-weak-hash",
            t -> t.tagged(t.source.developer(), t.source.wrapper("weak", "--digest-algo SHA1"))),
        Way.of(
            "signature-several",
            t ->
                t.tagged(
                    t.source.developer(),
                    t.source.wrapper("two", "--local-user " + t.id("revoked")),
                    "--keys",
                    t.source
                        .keys("two.asc", t.source.master(), t.source.developer(), t.id("revoked"))
                        .toString())),
        Way.of("signature-ssh", t -> t.spoilt(t::tagWithSsh)),
        // the master key
        Way.of(
            "master-key-differs",
            t ->
                List.of(
                    t.checkout(t.source).toString(),
                    "--verify-only",
                    "--system-key",
                    t.source.keys("other.asc", t.id("stranger")).toString())),
        Way.of(
            "master-key-absent",
            t ->
                List.of(
                    t.checkout(t.source).toString(),
                    "--verify-only",
                    "--keys",
                    t.source.keys("dev.asc", t.source.developer()).toString())),
        Way.of(
            "master-key-revoked",
            t ->
                List.of(
                    t.checkout(t.source).toString(),
                    "--verify-only",
                    "--keys",
                    t.withRevocation(t.source.developer(), t.source.master()).toString())),
        Way.of(
            "master-key-expired",
            t ->
                List.of(
                    t.checkout(t.source).toString(),
                    "--verify-only",
                    "--master-key",
                    t.id("expired"),
                    "--keys",
                    t.allKeys().toString())),
        // the files
        Way.of(
            "source-changed",
            t -> t.spoilt(d -> Files.writeString(d.resolve("qb"), "#!/bin/sh\nevil\n"))),
        Way.of(
            "source-changed",
            t ->
                t.spoilt(
                    d ->
                        Files.setPosixFilePermissions(
                            d.resolve("qb"), PosixFilePermissions.fromString("rw-r--r--")))),
        Way.of(
            "source-changed",
            t ->
                t.spoilt(
                    d -> {
                      Files.move(d.resolve("qb"), d.resolve(".git/qb"));
                      Files.createSymbolicLink(d.resolve("qb"), Path.of(".git/qb"));
                    })),
        Way.of(
            "source-missing",
            t -> t.spoilt(d -> Files.delete(d.resolve("qubesbuilder/cli/cli_main.py")))),
        Way.of(
            "source-untracked",
            t ->
                t.spoilt(
                    d -> {
                      Files.writeString(d.resolve("qubesbuilder/yaml.py"), "evil\n");
                      Files.writeString(d.resolve("qubesbuilder/.gitignore"), "*\n");
                      Files.createDirectories(d.resolve(".git/info"));
                      Files.writeString(d.resolve(".git/info/exclude"), "*\n");
                    })),
        Way.of(
            "source-object-corrupt",
            t ->
                t.spoilt(
                    d -> {
                      unpack(d);
                      Path tree = loose(d, "HEAD:qubesbuilder");
                      Files.delete(tree);
                      Files.copy(loose(d, "HEAD^{tree}"), tree);
                    })),
        Way.of(
            "source-object-corrupt",
            t ->
                t.spoilt(
                    d -> {
                      unpack(d);
                      Files.delete(loose(d, "HEAD^{tree}"));
                    })),
        Way.of(
            "source-not-git", t -> List.of(t.scratch.folder("bare").toString(), "--verify-only")),
        Way.of("source-not-git", t -> List.of(t.fresh("gone").toString(), "--verify-only")),
        Way.of(
            "source-not-builder",
            t ->
                List.of(t.fresh("nb").toString(), "--url", t.like("sha1", Map.of("a", "b")).url())),
        Way.of(
            "source-other-builder",
            t -> List.of(t.fresh("ob").toString(), "--url", t.source.url(), "--classic")),
        Way.of(
            "source-submodule",
            t ->
                t.spoilt(
                    d -> {
                      String head = SignedSource.git(d, "rev-parse", "HEAD");
                      SignedSource.git(
                          d, "update-index", "--add", "--cacheinfo", "160000," + head + ",sub");
                      SignedSource.git(d, "commit", "-qm", "with a submodule");
                    })),
        // the history
        Way.of(
            "source-went-back",
            t -> t.update((origin, d) -> origin.git("reset", "--hard", "-q", "HEAD~"))),
        Way.of(
            "source-forked",
            t ->
                t.update(
                    (origin, d) -> {
                      origin.git("reset", "--hard", "-q", "HEAD~");
                      origin.commit("other", Map.of("y", "y\n")).tag("v3", t.source.developer());
                    })),
        Way.of(
            "source-shallow",
            t -> t.update((origin, d) -> Files.writeString(d.resolve(".git/shallow"), "x\n"))),
        Way.of(
            "source-changed",
            t ->
                t.update(
                    (origin, d) -> {
                      origin.commit("third", Map.of("x", "z\n")).tag("v3", t.source.developer());
                      Files.writeString(d.resolve("x"), "mine\n");
                    })),
        Way.of(
            "source-in-the-way",
            t ->
                t.update(
                    (origin, d) -> {
                      origin.commit("third", Map.of("y/z", "z\n")).git("add", "-A");
                      Files.writeString(d.resolve("builder.yml"), "mine\n");
                      origin.git("rm", "-q", ".gitignore");
                      origin.commit("fourth", Map.of("builder.yml", "theirs\n"));
                      origin.tag("v4", t.source.developer());
                    })),
        Way.of(
            "tag-elsewhere",
            t -> t.update((origin, d) -> origin.commit("third", Map.of("x", "z\n")))),
        // how it is called
        new Way("usage", 2, t -> List.of()),
        new Way("usage", 2, t -> List.of(t.fresh("which").toString())),
        new Way("usage", 2, t -> List.of("x", "--v2", "--classic")),
        new Way("usage", 2, t -> List.of("x", "--url", "ext::sh")),
        new Way("config-value", 2, t -> List.of("x", "--url", "git://example.org/x")),
        new Way(
            "usage",
            2,
            t ->
                List.of(t.fresh("nobranch").toString(), "--url", t.source.url(), "--branch", "no")),
        new Way(
            "store-failed",
            5,
            t -> List.of(t.fresh("net").toString(), "--url", t.scratch.folder("empty").toString())),
        new Way(
            "store-failed",
            5,
            t -> List.of(t.fresh("net").toString(), "--url", "http://127.0.0.1:1/x.git")));
  }

  private void tagWithSsh(Path directory) {
    Programs.require("ssh-keygen");
    Path key = fresh("ssh");
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
        .run()
        .expectSuccess();
    SignedSource.git(directory, "tag", "-d", "v1");
    SignedSource.git(
        directory, "-c", "gpg.format=ssh", "tag", "-s", "-u", key.toString(), "-m", "m", "v2");
  }

  private Path withRevocation(String name) throws IOException {
    return withRevocation(source.master(), id(name));
  }

  /** The certificates of both, the second revoked. */
  private Path withRevocation(String first, String second) throws IOException {
    String keysText = Files.readString(source.keys("first.asc", first));
    String revoked = Files.readString(source.keys("second.asc", second));
    Path file = source.gpg().path().resolve("openpgp-revocs.d/" + second + ".rev");
    String revocation = Files.readString(file).replace(":-----BEGIN", "-----BEGIN");
    return Files.writeString(fresh("rev"), keysText + revoked + revocation);
  }

  private static List<String> findings(Run run) {
    return json(run).findings();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void eachWayToBeBadHasItsName(Way way) throws IOException {
    List<String> words = new ArrayList<>(way.arranged().words(this));
    words.add("--json");
    Run run = fetch(words.toArray(String[]::new));
    assertThat(run.code()).as(run.toString()).isEqualTo(way.code());
    assertThat(findings(run)).as(run.toString()).contains(way.id());
  }
}
