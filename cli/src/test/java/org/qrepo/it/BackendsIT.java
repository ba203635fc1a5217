package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.it.KeyHolder.Backend;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.sign.rpm.Rpmcanon;

/**
 * The same package signed through every way to a key: gpg and pacman accept it. What goes wrong
 * over there is named, exit code 4, and changes nothing.
 */
class BackendsIT {
  private static final Scratch SHARED = new Scratch();
  private static KeyHolder holder;

  private final Scratch scratch = new Scratch();

  @BeforeAll
  static void makeKeys() {
    holder = new KeyHolder(SHARED);
  }

  @AfterAll
  static void tidyKeys() {
    holder.close();
    SHARED.close();
  }

  @BeforeEach
  void begin() {
    holder.startIn(scratch);
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name, version + "\n")
        .writeTo(scratch.folder("packages"));
  }

  @ParameterizedTest
  @EnumSource
  void pacmanInstallsWhatIsSignedThrough(Backend backend) {
    holder.choose(backend);
    Path file = sample("hello", "1.0-1");
    Command.Output output =
        holder.command("publish", file.toString(), "--to", "web").run().expectSuccess();
    assertThat(output.err())
        .contains("==> Signing 1 package and 2 databases with 'T <t@example.org>'")
        .contains(backend == Backend.FILE ? "key file" : backend.word());
    for (String name : List.of(file.getFileName().toString(), "t.db", "t.files")) {
      Path signed = holder.tree().resolve(name);
      assertThat(
              holder
                  .vault()
                  .gpg("--status-fd", "1", "--verify", signed + ".sig", signed.toString())
                  .run()
                  .expectSuccess()
                  .out())
          .contains("VALIDSIG " + holder.key());
    }
    try (PacmanClient client =
        new PacmanClient(
            scratch.path().resolve("c"), "t", "file://" + holder.tree(), holder.certificate())) {
      client.sync().expectSuccess();
      client.install("hello").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1");
    }
    assertThat(holder.calls("sign")).isEqualTo(backend == Backend.FILE ? 0 : 3);
    long exports = holder.calls("export");
    assertThat(exports).isEqualTo(backend == Backend.SPLIT_GPG ? 1 : 0);
    Run list = holder.run(holder.environment(""), "list", "web");
    assertThat(list.code()).as(list.toString()).isZero();
    assertThat(holder.calls("export")).isEqualTo(exports);
  }

  /** Of an RPM only the header goes to whoever holds the key. */
  @ParameterizedTest
  @EnumSource
  void rpmAndDom0AcceptTheTemplateThatIsSignedThrough(Backend backend) throws IOException {
    holder.choose(backend);
    Path rpm = SampleRpm.template().build(scratch.folder("rpms"));
    long size = Files.size(rpm);
    holder.command("sign", rpm.toString()).run().expectSuccess();
    assertThat(Files.size(rpm)).isEqualTo(size);
    assertThat(checksig(rpm)).isEqualTo(rpm + ": digests signatures OK\n");
    Rpmcanon.check(Files.readAllBytes(rpm));
    holder.command("verify", rpm.toString()).run().expectSuccess();
    assertThat(holder.calls("sign")).isEqualTo(backend == Backend.FILE ? 0 : 1);
  }

  private String checksig(Path rpm) {
    Programs.require("rpmkeys");
    String database = "--dbpath=" + scratch.folder("rpmdb");
    Path key =
        scratch.file(
            "key.asc", holder.vault().gpg("--armor", "--export", holder.key()).run().out());
    Command.of("rpmkeys", database, "--import", key.toString()).run().expectSuccess();
    return Command.of(
            "rpmkeys",
            database,
            "--define=_pkgverify_level all",
            "--define=_pkgverify_flags 0x0",
            "--checksig",
            rpm.toString())
        .run()
        .out();
  }

  static Stream<Arguments> faults() {
    List<Arguments> all = new ArrayList<>();
    for (Backend backend : List.of(Backend.GPG, Backend.SPLIT_GPG, Backend.QUBES_GPG_SIGN)) {
      all.add(
          Arguments.of(
              backend,
              "fail",
              backend == Backend.GPG
                  ? "the question for a passphrase or PIN was cancelled"
                  : "failed with exit code 2"));
      all.add(Arguments.of(backend, "hang", "gave no sign for 1 second and was stopped"));
      all.add(Arguments.of(backend, "empty", "ended well and answered nothing"));
      all.add(Arguments.of(backend, "garbage", "answered is no signature that clients accept"));
      all.add(Arguments.of(backend, "otherkey", "signed with another key than"));
      all.add(Arguments.of(backend, "otherbytes", "answered is no signature that clients accept"));
      if (backend != Backend.GPG) {
        all.add(Arguments.of(backend, "refuse", " in qube vault refused"));
      }
    }
    all.add(Arguments.of(Backend.SPLIT_GPG, "eof", " in qube vault refused"));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatGoesWrongIsNamedAndChangesNothing(Backend backend, String fault, String words) {
    holder.choose(backend);
    Path first = sample("hello", "1.0-1");
    Run before = holder.run(holder.environment(""), "publish", first.toString(), "--to", "web");
    assertThat(before.code()).as(before.toString()).isZero();
    TreeState state = TreeState.of(holder.tree());
    long calls = holder.calls("sign");

    Path second = sample("hello", "1.0-2");
    Run run = holder.run(holder.environment(fault), "publish", second.toString(), "--to", "web");

    assertThat(run.code()).as(run.toString()).isEqualTo(4);
    assertThat(run.err()).contains("error: ", words, "Nothing was changed.");
    assertThat(TreeState.of(holder.tree())).isEqualTo(state);
    assertThat(holder.calls("sign")).isEqualTo(calls + 1);

    Run sign = holder.run(holder.environment(fault), "sign", second.toString());
    assertThat(sign.code()).isEqualTo(4);
    assertThat(sign.err()).contains(words);
    assertThat(second.resolveSibling(second.getFileName() + ".sig")).doesNotExist();

    Run again = holder.run(holder.environment(""), "publish", second.toString(), "--to", "web");
    assertThat(again.code()).as(again.toString()).isZero();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatGoesWrongLeavesAnRpmAsItIs(Backend backend, String fault, String words)
      throws IOException {
    holder.choose(backend);
    Path built = SampleRpm.template().build(scratch.folder("rpms"));
    Path rpm = Files.move(built, scratch.folder("alone").resolve(built.getFileName()));
    byte[] before = Files.readAllBytes(rpm);
    Run run = holder.run(holder.environment(fault), "sign", "--detached", rpm.toString());
    assertThat(run.code()).as(run.toString()).isEqualTo(4);
    assertThat(run.err()).contains("error: ", words);
    assertThat(Files.readAllBytes(rpm)).isEqualTo(before);
    try (Stream<Path> files = Files.list(rpm.getParent())) {
      assertThat(files).containsExactly(rpm);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SPLIT_GPG", "QUBES_GPG_SIGN"})
  void aBatchThatBreaksOffGoesOnWhereItStopped(Backend backend) {
    holder.choose(backend);
    for (int i = 0; i < 5; i++) {
      sample("p" + i, "1-1");
    }
    Map<String, String> refusing = holder.environment("refuse");
    refusing.put("STANDIN_AFTER", "3");
    String packages = scratch.path().resolve("packages").toString();
    Run broken = holder.run(refusing, "publish", packages, "--to", "web");
    assertThat(broken.code()).as(broken.toString()).isEqualTo(4);
    assertThat(broken.err())
        .contains("The 3 signatures made before are kept: running it again makes only the rest.");
    assertThat(holder.calls("sign")).isEqualTo(4);
    assertThat(holder.tree().resolve("t.db")).doesNotExist();

    Run again = holder.run(holder.environment(""), "publish", packages, "--to", "web");
    assertThat(again.code()).as(again.toString()).isZero();
    assertThat(holder.calls("sign")).isEqualTo(4 + 2 + 2);
  }

  @Test
  void signaturesMadeBeforeAFailureStay() {
    holder.choose(Backend.SPLIT_GPG);
    Path one = sample("p1", "1-1");
    Path two = sample("p2", "1-1");
    Map<String, String> refusing = holder.environment("refuse");
    refusing.put("STANDIN_AFTER", "1");
    Run broken = holder.run(refusing, "sign", one.toString(), two.toString());
    assertThat(broken.code()).as(broken.toString()).isEqualTo(4);
    assertThat(broken.err()).contains("is kept").doesNotContain("Nothing was changed");
    assertThat(one.resolveSibling(one.getFileName() + ".sig")).exists();
    assertThat(two.resolveSibling(two.getFileName() + ".sig")).doesNotExist();
    assertThat(holder.run(holder.environment(""), "sign", one.toString(), two.toString()).code())
        .isZero();
    assertThat(holder.calls("sign")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "FILE")
  void aFlagIsEnoughToChoose(Backend backend) {
    holder.choose(Backend.FILE);
    Path file = sample("hello", "1.0-1");
    String vault = backend == Backend.GPG ? "" : "@vault";
    Map<String, String> environment = holder.environment("");
    environment.put("GNUPGHOME", holder.vault().path().toString());
    environment.put("QREPO_SIGNING_CERTIFICATES", holder.certificate().toString());
    environment.put(
        "QREPO_SIGNING_SPLIT_GPG_PROGRAM", holder.program("qubes-gpg-client-wrapper").toString());
    String word = backend.word() + ":" + holder.key() + vault;
    Run run = holder.run(environment, "publish", file.toString(), "--to", "web", "--key", word);
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.err()).contains(backend.word());
    Run absent =
        holder.run(
            environment, "sign", "--force", file.toString(), "--key", word.replace("vault", "x"));
    assertThat(absent.code()).isEqualTo(backend == Backend.GPG ? 0 : 4);
  }

  @Test
  void theCertificateComesFromTheOtherQube() {
    holder.choose(Backend.SPLIT_GPG);
    Run shown = holder.run(holder.environment(""), "key", "show");
    assertThat(shown.code()).as(shown.toString()).isZero();
    assertThat(shown.out().replace(" ", "")).contains(holder.key());
    Run exported = holder.run(holder.environment(""), "key", "export");
    assertThat(exported.out()).startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----");
    assertThat(holder.calls("export")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "FILE")
  void doctorTriesTheKey(Backend backend) {
    holder.choose(backend);
    Run good = holder.run(holder.environment(""), "doctor");
    assertThat(good.out()).contains("signed a trial text, and it verifies");
    Run bad = holder.run(holder.environment("empty"), "doctor");
    assertThat(bad.code()).isEqualTo(3);
    assertThat(bad.out()).contains("error: a trial text: ", "answered nothing");
  }

  @Test
  void aKeyThatIsNotThereIsNamed() throws IOException {
    holder.choose(Backend.GPG);
    Path file = holder.tree().resolveSibling("home").resolve("qrepo.yml");
    String absent = "0123456789ABCDEF0123456789ABCDEF01234567";
    Files.writeString(file, Files.readString(file).replace(holder.key(), absent));
    Run run = holder.run(holder.environment(""), "sign", sample("hello", "1-1").toString());
    assertThat(run.code()).as(run.toString()).isEqualTo(4);
    assertThat(run.err()).contains("gpg in ", "has no such key");
  }

  @Test
  void whatIsStartedForASignatureIsStoppedWithQrepo() throws Exception {
    holder.choose(Backend.SPLIT_GPG);
    Files.writeString(
        scratch.path().resolve("home/qrepo.yml"),
        Files.readString(scratch.path().resolve("home/qrepo.yml")).replace("1s", "10m"));
    holder.run(holder.environment(""), "key", "show");
    Command command =
        holder
            .command("publish", sample("hello", "1-1").toString(), "--to", "web")
            .env("STANDIN_FAULT", "hang");
    Process process = command.start(scratch.path().resolve("out"), scratch.path().resolve("err"));
    List<ProcessHandle> started = List.of();
    while (started.stream().noneMatch(BackendsIT::isSleep)) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(20);
      started = process.descendants().toList();
    }
    process.destroy();
    assertThat(process.waitFor()).isEqualTo(143);
    for (int i = 0; i < 500 && started.stream().anyMatch(ProcessHandle::isAlive); i++) {
      Thread.sleep(20);
    }
    assertThat(started).noneMatch(ProcessHandle::isAlive);
    assertThat(holder.tree().resolve("t.db")).doesNotExist();
  }

  private static boolean isSleep(ProcessHandle process) {
    try {
      Path name = Path.of("/proc", Long.toString(process.pid()), "comm");
      return Files.exists(name) && Files.readString(name).strip().equals("sleep");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
