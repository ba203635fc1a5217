package org.qrepo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;

/**
 * Each package that clients could not use is refused with exit code 3 and a message that names the
 * file and the reason, and the published tree is unchanged to the byte, also when good packages
 * come along.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackageRefusalIT {
  private final Scratch scratch = new Scratch();
  private Publisher publisher = new Publisher(scratch, "pointer");
  private Path good = scratch.path();

  @BeforeAll
  void publishFirst() {
    Path folder = scratch.folder("first");
    good = sample("good", "1.0-1").writeTo(folder);
    publisher.publish(good, sample("newer", "2.0-1").writeTo(folder)).expectSuccess();
  }

  @AfterAll
  void tidy() {
    publisher.close();
    scratch.close();
  }

  /**
   * A package to refuse.
   *
   * @param name of the case
   * @param make writes it into a folder of its own
   * @param says parts of the message
   */
  private record Case(String name, Maker make, List<String> says) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Makes the file of a case. */
  @FunctionalInterface
  private interface Maker {
    Path in(Path folder) throws IOException;
  }

  private static Case refused(String name, Maker make, String... says) {
    return new Case(name, make, List.of(says));
  }

  /** A case whose metadata are {@code text}, under the file name of {@code p 1.0-1}. */
  private static Case metadata(String name, String text, String... says) {
    return refused(name, folder -> sample("p", "1.0-1").info(text).writeTo(folder), says);
  }

  private static Case field(String name, String key, String value, String... says) {
    return refused(name, folder -> sample("p", "1.0-1").field(key, value).writeTo(folder), says);
  }

  private static SamplePackage sample(String name, String version) {
    return SamplePackage.of(name, version)
        .architecture("x86_64")
        .randomFile("usr/share/" + name + "/data", 20_000, 1);
  }

  private static String info(String name, String version) {
    return "pkgname = " + name + "\npkgver = " + version + "\nsize = 1\narch = x86_64\n";
  }

  private static Path cut(Path file, int bytes) throws IOException {
    return Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
  }

  private static Path write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  static Stream<Case> archives() {
    String file = "p-1.0-1-x86_64.pkg.tar.zst";
    return Stream.of(
        refused("a text file", f -> write(f, file, "hello\n"), file),
        refused("an empty file", f -> write(f, file, ""), file, "empty"),
        refused("a web page", f -> write(f, file, "<!DOCTYPE html><html></html>"), file),
        refused("cut early", f -> cut(sample("p", "1.0-1").writeTo(f), 40), file),
        refused("cut late", f -> cut(sample("p", "1.0-1").writeTo(f), 20_000), file, "cut short"),
        refused(
            "cut at the last byte",
            f -> {
              Path whole = sample("p", "1.0-1").writeTo(f);
              return cut(whole, (int) Files.size(whole) - 1);
            },
            file,
            "cut short"),
        refused("no .PKGINFO", f -> sample("p", "1.0-1").withoutInfo().writeTo(f), ".PKGINFO"),
        refused(
            "./.PKGINFO",
            f ->
                sample("p", "1.0-1")
                    .withoutInfo()
                    .member(
                        "./.PKGINFO",
                        TarConstants.LF_NORMAL,
                        "",
                        info("p", "1.0-1").getBytes(UTF_8))
                    .writeTo(f),
            "'./'"),
        refused(
            "two .PKGINFO",
            f ->
                sample("p", "1.0-1")
                    .member(
                        ".PKGINFO", TarConstants.LF_NORMAL, "", info("p", "1.0-1").getBytes(UTF_8))
                    .writeTo(f),
            "two members .PKGINFO"));
  }

  static Stream<Case> metadata() {
    return Stream.of(
        metadata("no pkgname", "pkgver = 1.0-1\n", "no pkgname"),
        metadata("no pkgver", "pkgname = p\n", "no pkgver"),
        metadata("pkgver 1", info("p", "1"), ".PKGINFO:2", "'-'"),
        metadata("pkgver 1-2-3", info("p", "1-2-3"), ".PKGINFO:2", "'-'"),
        metadata("pkgver with a slash", info("p", "1/2-3"), ".PKGINFO:2", "slash"),
        metadata("pkgver with a blank", info("p", "1 2-3"), ".PKGINFO:2", "whitespace"),
        metadata("name .x", info(".x", "1.0-1"), ".PKGINFO:1", "'.'"),
        metadata("name -x", info("-x", "1.0-1"), ".PKGINFO:1", "'-'"),
        metadata("name a b", info("a b", "1.0-1"), ".PKGINFO:1", "a b"),
        metadata("name ../e", info("../e", "1.0-1"), ".PKGINFO:1", "../e"),
        metadata("name qté", info("qté", "1.0-1"), ".PKGINFO:1", "ASCII"),
        metadata("carriage returns", info("p", "1.0-1").replace("\n", "\r\n"), "carriage return"),
        metadata("a line without =", info("p", "1.0-1") + "depend\n", ".PKGINFO:5", "key = value"),
        metadata("no blanks around =", info("p", "1.0-1") + "url=x\n", ".PKGINFO:5", "key = value"),
        metadata("a size that is no number", info("p", "1.0-1").replace("= 1\n", "= x\n"), "size"),
        metadata("two names", info("p", "1.0-1") + "pkgname = q\n", ".PKGINFO:5", "contradicts"),
        metadata(
            "two versions", info("p", "1.0-1") + "pkgver = 2-1\n", ".PKGINFO:5", "contradicts"),
        field("two blanks in a group", "group", "my  group", "group", "whitespace"),
        field("two blanks in a dependency", "depend", "a  >=1", "depend", "whitespace"),
        field("a blank before a dependency", "depend", " a", "depend", "whitespace"),
        field("an empty dependency", "depend", "", "depend", "empty"));
  }

  static Stream<Case> places() {
    return Stream.of(
        refused(
            "another architecture",
            f -> SamplePackage.of("p", "1.0-1").architecture("aarch64").writeTo(f),
            "p-1.0-1-aarch64.pkg.tar.zst",
            "built for aarch64",
            "x86_64"),
        refused(
            "another name than its file's",
            f -> sample("p", "1.0-1").writeAs(f.resolve("q-1.0-1-x86_64.pkg.tar.zst")),
            "q-1.0-1-x86_64.pkg.tar.zst",
            "p-1.0-1-x86_64"),
        refused(
            "another version than its file's",
            f -> sample("p", "1.0-1").writeAs(f.resolve("p-1.0-2-x86_64.pkg.tar.zst")),
            "p-1.0-2-x86_64.pkg.tar.zst",
            "p-1.0-1-x86_64"),
        refused(
            "other bytes than the published file",
            f -> sample("good", "1.0-1").field("group", "other").writeTo(f),
            "good-1.0-1-x86_64.pkg.tar.zst",
            "other bytes",
            "invalid or corrupted package (checksum)",
            "--replace"),
        refused(
            "a downgrade",
            f -> sample("newer", "1.0-1").writeTo(f),
            "newer-1.0-1-x86_64.pkg.tar.zst",
            "2.0-1",
            "--allow-downgrade"));
  }

  @ParameterizedTest
  @MethodSource({"archives", "metadata", "places"})
  void isRefused(Case refusal) throws IOException {
    Path folder = Files.createTempDirectory(scratch.path(), "case");
    Path bad = refusal.make().in(folder);
    Path companion = sample("companion", "1.0-1").writeTo(folder);
    assertRefused(List.of(companion, bad), refusal.says());
  }

  @Test
  void foreignSignatureIsRefused() throws IOException {
    Path folder = Files.createTempDirectory(scratch.path(), "case");
    Path file = sample("p", "1.0-1").writeTo(folder);
    String stranger = publisher.gpg().generateKey("Stranger <x@example.org>", "ed25519");
    publisher.gpg().sign(stranger, file);
    assertRefused(List.of(file), List.of(file.getFileName() + ".sig", stranger));
  }

  @Test
  void missingFileIsNamed() {
    TreeState before = TreeState.of(publisher.tree());
    Path file = scratch.path().resolve("absent-1.0-1-x86_64.pkg.tar.zst");
    Command.Output output = publisher.publish(file);
    assertThat(output.code()).isEqualTo(3);
    assertThat(output.err()).contains("error: ").contains("absent-1.0-1-x86_64.pkg.tar.zst");
    assertThat(TreeState.of(publisher.tree())).isEqualTo(before);
  }

  /** A signature that is merely broken is replaced: the new one is what the client gets. */
  @Test
  void brokenSignaturesAreMadeAnew() throws IOException {
    Path folder = Files.createTempDirectory(scratch.path(), "case");
    Path empty = sample("sig-empty", "1.0-1").writeTo(folder);
    Files.createFile(signature(empty));
    Path large = sample("sig-large", "1.0-1").writeTo(folder);
    Files.write(signature(large), new byte[16385]);
    Path page = sample("sig-page", "1.0-1").writeTo(folder);
    Files.writeString(signature(page), "<html></html>");
    Path stale = sample("sig-stale", "1.0-1").writeTo(folder);
    publisher.gpg().sign(publisher.fingerprint(), stale);
    sample("sig-stale", "1.0-1").field("group", "rebuilt").writeTo(folder);
    Path armored = sample("sig-armored", "1.0-1").writeTo(folder);
    publisher
        .gpg()
        .gpg("--local-user", publisher.fingerprint(), "--armor", "--detach-sign")
        .with("--output", signature(armored).toString(), armored.toString())
        .run()
        .expectSuccess();

    Command.Output output = publisher.publish(empty, large, page, stale, armored).expectSuccess();
    assertThat(output.err()).contains("sig-stale").contains("sig-armored");
    for (Path file : List.of(empty, large, page, stale, armored)) {
      Path published = publisher.tree().resolve(file.getFileName());
      publisher
          .gpg()
          .gpg("--verify", signature(published).toString(), published.toString())
          .run()
          .expectSuccess();
    }
  }

  private static Path signature(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  private void assertRefused(List<Path> files, List<String> says) {
    TreeState before = TreeState.of(publisher.tree());
    Command.Output output = publisher.publish(files).expectCode(3);
    assertThat(output.err()).contains("error: ").contains(says);
    assertThat(output.out()).doesNotContain("Published");
    assertThat(TreeState.of(publisher.tree())).isEqualTo(before);
  }
}
