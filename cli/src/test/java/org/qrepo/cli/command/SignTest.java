package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.it.Programs;

/** What {@code sign} writes is what {@code verify} and gpg accept. */
class SignTest {
  @TempDir private Path directory;
  private Path hello;
  private Path other;

  @BeforeEach
  void makeKeyAndPackages() throws IOException {
    hello = SamplePackage.of("hello", "1:2-1").file("usr/bin/hello", "hi").writeTo(directory);
    other = SamplePackage.of("other", "3-1").writeTo(directory);
    run("init", "--name", "t", "--generate-key", "T <t@example.org>", "--no-passphrase");
  }

  private Run run(String... args) {
    return Run.of(directory, args);
  }

  private static Path signature(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  @Test
  void signsVerifiesAndKeepsWhatIsGood() throws IOException {
    assertThat(run("sign", hello.toString(), other.toString()).code()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(signature(hello))))
        .isEqualTo("rw-r--r--");
    Run verified = run("verify", hello.toString(), other.toString());
    assertThat(verified.code()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("hello-1:2-1-any.pkg.tar.zst: good signature by");
    byte[] first = Files.readAllBytes(signature(hello));
    assertThat(run("sign", hello.toString()).err()).contains("(signed already)");
    assertThat(Files.readAllBytes(signature(hello))).isEqualTo(first);
    assertThat(directory)
        .isDirectoryNotContaining(p -> p.getFileName().toString().startsWith(".qrepo"));
  }

  @Test
  void forceSignsAnew() throws IOException {
    run("sign", hello.toString());
    Files.write(signature(hello), Files.readAllBytes(signature(hello)));
    Run again = run("sign", "--force", "--json", hello.toString());
    assertThat(again.out()).contains("\"new\" : true");
    assertThat(run("verify", hello.toString()).code()).isZero();
  }

  @Test
  void aBrokenSignatureIsMended() throws IOException {
    Files.writeString(signature(hello), "<html>404</html>");
    assertThat(run("verify", hello.toString()).code()).isEqualTo(3);
    assertThat(run("sign", hello.toString()).code()).isZero();
    assertThat(run("verify", hello.toString()).code()).isZero();
  }

  @Test
  void aStrangersSignatureIsNotReplacedUnasked() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Run.of(elsewhere, "init", "--generate-key", "S <s@example.org>", "--no-passphrase");
    Run.of(elsewhere, "sign", hello.toString());
    byte[] theirs = Files.readAllBytes(signature(hello));
    Run refused = run("sign", other.toString(), hello.toString());
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).contains("which is not in the keyring", "--force");
    assertThat(Files.readAllBytes(signature(hello))).isEqualTo(theirs);
    assertThat(signature(other)).doesNotExist();
    assertThat(run("sign", "--force", hello.toString()).code()).isZero();
    assertThat(run("verify", hello.toString()).code()).isZero();
  }

  @Test
  void verifiesByTrustedCertificateOrFingerprint() throws IOException {
    run("sign", hello.toString());
    run("key", "export", "--out", "cert.asc");
    String fingerprint = run("key", "show").out().lines().findFirst().orElseThrow().substring(13);
    Path nobody = Files.createDirectory(directory.resolve("nobody"));
    String file = hello.toString();
    Run stranger = Run.of(nobody, "verify", file);
    assertThat(stranger.code()).isEqualTo(3);
    assertThat(stranger.err()).contains("not in the keyring");
    assertThat(Run.of(nobody, "verify", file, "--trust", "../cert.asc").code()).isZero();
    Run bare = Run.of(nobody, "verify", file, "--trust", fingerprint);
    assertThat(bare.code()).isEqualTo(3);
    assertThat(bare.err()).contains("its certificate is not at hand");
    Map<String, String> configured =
        Map.of(
            "HOME",
            nobody.toString(),
            "QREPO_SIGNING_CERTIFICATES",
            "../cert.asc",
            "QREPO_SIGNING_TRUSTED",
            fingerprint);
    assertThat(Run.of(nobody, configured, List.of("verify", file)).code()).isZero();
  }

  @Test
  void oneBadFileSpoilsTheVerdictNotTheOthers() throws IOException {
    run("sign", hello.toString(), other.toString());
    byte[] bytes = Files.readAllBytes(other);
    Files.write(other, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    Run run = run("verify", "--json", hello.toString(), other.toString());
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out())
        .contains("\"ok\" : false", "\"subject\" : \"other-3-1-any.pkg.tar.zst\"")
        .contains("\"file\" : \"" + hello + "\"");
    Files.delete(signature(hello));
    assertThat(run("verify", hello.toString()).err()).contains("there is no hello");
  }

  @Test
  void gpgAcceptsIt() throws Exception {
    Programs.require("gpg");
    run("sign", hello.toString());
    run("key", "export", "--out", "cert.asc");
    Path home =
        Files.createDirectory(
            directory.resolve("g"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    assertThat(gpg(home, "--import", directory.resolve("cert.asc").toString())).isZero();
    assertThat(gpg(home, "--verify", signature(hello).toString(), hello.toString())).isZero();
    Files.write(hello, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
    assertThat(gpg(home, "--verify", signature(hello).toString(), hello.toString())).isNotZero();
  }

  private static int gpg(Path home, String... args) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("gpg", "--batch", "--homedir"));
    command.add(home.toString());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
