package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the real pacman and make say, with colours, when they meet the trouble that the rules speak
 * of; and logs that are larger than the memory: 64 MiB, with {@code -Dqrepo.full=true} 1 GiB.
 */
class DiagnoseIT {
  private static final long LARGE = Boolean.getBoolean("qrepo.full") ? 1L << 30 : 64L << 20;

  private final Scratch scratch = new Scratch();
  private Path served;
  private Path log;
  private QrepoCli qrepo;

  @BeforeEach
  void begin() throws IOException {
    served = scratch.folder("served");
    for (String folder : List.of("root", "db", "cache", "hooks", "home")) {
      scratch.folder(folder);
    }
    log = Files.createFile(scratch.path().resolve("a.log"));
    qrepo = new QrepoCli(scratch.path().resolve("home"));
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  private void publish(String name, String version, String... depends) throws IOException {
    StringBuilder info = new StringBuilder();
    info.append("pkgname = %s\npkgbase = %s\npkgver = %s\n".formatted(name, name, version));
    info.append("pkgdesc = Test\nbuilddate = 1700000000\nsize = 0\narch = any\n");
    List.of(depends).forEach(depend -> info.append("depend = ").append(depend).append('\n'));
    scratch.file("tree/.PKGINFO", info.toString());
    Path file = served.resolve("%s-%s-any.pkg.tar.zst".formatted(name, version));
    Command.of("bsdtar", "--zstd", "-cf", file.toString(), ".PKGINFO")
        .in(scratch.path().resolve("tree"))
        .run()
        .expectSuccess();
    Command.of("repo-add", "-q", served.resolve("qubes.db.tar.gz").toString(), file.toString())
        .run()
        .expectSuccess();
  }

  /** Runs pacman, with one section of the configuration for each level, and keeps what it says. */
  private Command.Output pacman(List<String> levels, String... arguments) throws IOException {
    StringBuilder configuration =
        new StringBuilder(
            """
            [options]
            RootDir = HOME/root
            DBPath = HOME/db/
            CacheDir = HOME/cache/
            LogFile = HOME/pacman.log
            GPGDir = HOME/g/
            HookDir = HOME/hooks/
            Architecture = x86_64
            """);
    for (String level : levels) {
      configuration.append("[qubes]\nSigLevel = ").append(level);
      configuration.append("\nServer = file://").append(served).append('\n');
    }
    String text = configuration.toString().replace("HOME", scratch.path().toString());
    Path file = scratch.file("pacman.conf", text);
    List<String> words = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      Programs.require("fakeroot");
      words.add("fakeroot");
    }
    words.addAll(List.of("pacman", "--config", file.toString(), "--noconfirm"));
    words.addAll(List.of("--color", "always"));
    words.addAll(List.of(arguments));
    Command.Output output = Command.of(words.get(0)).with(words.subList(1, words.size())).run();
    keep(output);
    return output;
  }

  private void keep(Command.Output output) throws IOException {
    Files.writeString(log, output.out() + output.err(), StandardOpenOption.APPEND);
  }

  private List<String> diagnosed() {
    return qrepo.run("diagnose", log.toString()).expectSuccess().lines().stream()
        .filter(line -> !line.startsWith(" "))
        .map(line -> line.replaceFirst("^(perhaps|consequence|harmless): ", ""))
        .map(line -> line.substring(0, line.indexOf(':')))
        .toList();
  }

  @Test
  void knowsWhatPacmanSaysOfDependencies() throws IOException {
    Programs.require("pacman", "repo-add", "bsdtar");
    List<String> plain = List.of("Never");
    publish("xorg-server", "21.1.9-1");
    publish("qubes-vm-gui", "4.3.9-1", "xorg-server<1.20.7");
    publish("python", "3.12.7-1");
    publish("qubes-db-vm", "4.3.1-1", "python<3.13");
    assertThat(pacman(plain, "-Sy", "qubes-vm-gui").code()).isNotZero();
    assertThat(pacman(plain, "-S", "qubes-vm-dependencies").code()).isNotZero();
    assertThat(pacman(plain, "-S", "qubes-vm-core").code()).isNotZero();
    assertThat(pacman(plain, "-S", "pulseaudio<=17.0").code()).isNotZero();
    pacman(plain, "-S", "--noscriptlet", "qubes-db-vm").expectSuccess();
    publish("python", "3.13.1-1");
    assertThat(pacman(plain, "-Syy", "python").code()).isNotZero();
    assertThat(Files.readString(log)).contains("\033[");
    assertThat(diagnosed())
        .containsExactly(
            "xorg-bound",
            "meta-packages-missing",
            "component-order",
            "makedepends-bound",
            "python-bound");
  }

  @Test
  void knowsWhatPacmanSaysOfSignatures() throws IOException {
    Programs.require("pacman", "repo-add", "bsdtar");
    List<String> optional = List.of("PackageNever DatabaseOptional");
    publish("some", "1-1");
    Path database = served.resolve("qubes.db");
    try (GpgHome gpg = new GpgHome(scratch.path().resolve("g"))) {
      Files.createFile(gpg.path().resolve("pubring.gpg"));
      String key = gpg.generateKey("T <t@example.org>", "ed25519");
      Path signature = gpg.sign(key, database);
      pacman(optional, "-Syy").expectSuccess();
      publish("some", "2-1");
      assertThat(pacman(optional, "-Syy").code()).isNotZero();
      Files.write(signature, new byte[0]);
      assertThat(pacman(optional, "-Syy").code()).isNotZero();
      Files.delete(signature);
      pacman(List.of("Never", "Never"), "-Syy");
    }
    assertThat(diagnosed())
        .containsExactly("database-signature", "empty-signature", "repository-twice");
  }

  @Test
  void knowsWhatMakeSays() throws IOException {
    Programs.require("make");
    Path makefile =
        scratch.file(
            "Makefile",
            """
            builder-archlinux.get-sources builder-archlinux.get-sources:
            \t@true
            dist-package:
            \t@echo '==> ERROR: A failure occurred in package().'; exit 4
            """);
    keep(Command.of("make", "-f", makefile.toString()).run().expectSuccess());
    keep(Command.of("make", "-f", makefile.toString(), "dist-package").run().expectCode(2));
    assertThat(diagnosed())
        .containsExactly("makepkg-function-failed", "makepkg-failed", "duplicate-target");
  }

  /** The failure stands at the end of a log that does not fit into memory. */
  @Test
  void readsMoreThanItsMemory() throws IOException {
    StringBuilder block = new StringBuilder();
    for (int i = 0; block.length() < 1 << 20; i++) {
      block.append("\033[1;32m==>\033[0m gcc -O2 -pipe -c file%d.c -o file%d.o\n".formatted(i, i));
      block.append("downloading 10%\rdownloading 100%\r\nerror: failed, next try\n");
    }
    byte[] bytes = block.toString().getBytes(StandardCharsets.UTF_8);
    long lines = block.chars().filter(c -> c == '\n').count();
    long blocks = LARGE / bytes.length + 1;
    try (var out = Files.newOutputStream(log)) {
      for (long i = 0; i < blocks; i++) {
        out.write(bytes);
      }
      out.write("xenstore-read: xs_open: Permission denied\n".getBytes(StandardCharsets.UTF_8));
    }
    Command.Output output =
        qrepo.commandInHeap("24m", "diagnose", log.toString()).run().expectSuccess();
    assertThat(output.out())
        .startsWith("xenstore-permission: ")
        .contains(log + ":" + (lines * blocks + 1) + ": xenstore-read: ");
  }
}
