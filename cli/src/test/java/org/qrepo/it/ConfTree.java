package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A configuration of pacman with files that it includes, made up by a generator: some pacman works
 * with, some it warns of, some it refuses.
 */
final class ConfTree {
  private static final List<String> NAMES = List.of("a", "a", "b", "b", "c", "d", "e");
  private static final List<String> ODD_NAMES = List.of("local", "x/y", "", "a", "options");

  private static final List<String> GOOD_OPTIONS =
      List.of(
          "Color",
          "Architecture = x86_64",
          "ParallelDownloads = 5",
          "NoUpgrade = etc/pam.d/su-l",
          "SigLevel = Optional TrustAll",
          "SigLevel = PackageRequired DatabaseNever",
          "SigLevel = Required TrustedOnly",
          "LocalFileSigLevel = Optional",
          "# Server = nothing",
          "  VerbosePkgLists  ",
          "CleanMethod = KeepCurrent",
          "IgnorePkg = linux linux-lts");

  private static final List<String> ODD_OPTIONS =
      List.of(
          "Color = always",
          "color",
          "Serverr = x",
          "Server = http://127.0.0.1/x",
          "DownloadUser = alpm",
          "ParallelDownloads",
          "SigLevel",
          "Usage = All",
          "; a comment of another kind",
          "[a] trailing",
          "= nothing");

  private static final List<String> BAD_OPTIONS =
      List.of(
          "ParallelDownloads = 0",
          "ParallelDownloads = many",
          "SigLevel = Optional # TrustAll",
          "RemoteFileSigLevel = Sometimes",
          "CleanMethod = KeepAll",
          "Include",
          "Include =");

  private static final List<String> LEVELS =
      List.of(
          "Required",
          "Required TrustedOnly",
          "Never",
          "Optional TrustAll",
          "DatabaseRequired",
          "PackageTrustAll DatabaseOptional",
          "PackageNever Required",
          "");

  private static final List<String> ODD_DIRECTIVES =
      List.of("Color", "CacheServer = http://127.0.0.1/", "Sever = x", "Server =", "Priority = 1");

  private static final List<String> BAD_DIRECTIVES =
      List.of("Server", "SigLevel = Maybe", "SigLevel", "Usage = Everything", "Usage");

  private final Path folder;
  private final Random random;
  private final String head;
  private final String server;
  private int files;

  /**
   * @param folder to be made
   * @param head what the first section, {@code [options]}, begins with
   * @param server that has databases of all names
   */
  ConfTree(Path folder, Random random, String head, String server) {
    this.folder = folder;
    this.random = random;
    this.head = head;
    this.server = server;
  }

  /** Writes it; the same random numbers give the same tree. */
  Path write() {
    try {
      Files.createDirectories(folder.resolve("d"));
      StringBuilder text = new StringBuilder(head);
      block(text, GOOD_OPTIONS, ODD_OPTIONS, BAD_OPTIONS);
      if (chance(40)) {
        text.append(folderInclude());
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        text.append(chance(75) ? repository() : include(1));
      }
      if (chance(15)) {
        text.append("[options]\n").append(pick(GOOD_OPTIONS)).append('\n');
      }
      return Files.writeString(folder.resolve("pacman.conf"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void block(StringBuilder text, List<String> good, List<String> odd, List<String> bad) {
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(pick(good)).append('\n');
    }
    if (chance(25)) {
      text.append(pick(odd)).append('\n');
    }
    if (chance(6)) {
      text.append(pick(bad)).append('\n');
    }
  }

  private String repository() {
    StringBuilder text =
        new StringBuilder("[").append(pick(chance(8) ? ODD_NAMES : NAMES)).append("]\n");
    if (chance(50)) {
      text.append("SigLevel = ").append(pick(LEVELS)).append('\n');
    }
    if (chance(15)) {
      text.append("Usage = ").append(pick(List.of("Sync", "Search", "All", "Install Upgrade")));
      text.append('\n');
    }
    if (chance(92)) {
      text.append("Server = ").append(server).append(pick(List.of("", "/", "/"))).append('\n');
    }
    if (chance(20)) {
      text.append("  Server=").append(server).append("/$arch/..").append('\n');
    }
    block(text, List.of("", "# comment"), ODD_DIRECTIVES, BAD_DIRECTIVES);
    return text.toString();
  }

  /** The include that Qubes' templates have, with drop-ins in any order. */
  private String folderInclude() throws IOException {
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = (10 + random.nextInt(90)) + "-" + pick(NAMES) + ".conf";
      Files.writeString(folder.resolve("d").resolve(name), dropIn());
    }
    if (chance(12)) {
      Files.deleteIfExists(folder.resolve("d/99-gone.conf"));
      Files.createSymbolicLink(folder.resolve("d/99-gone.conf"), Path.of("99-gone.conf.disabled"));
    }
    if (chance(15)) {
      Files.createDirectories(folder.resolve("d/50-folder.conf"));
    }
    Files.writeString(folder.resolve("d/.hidden.conf"), "Nonsense\n");
    String pattern =
        pick(List.of("*.conf", "*.conf", "*.conf", "[0-9]*.conf", "[!1-5]?-*", "4*.conf"));
    return "Include = " + folder + "/d/" + pattern + "\n";
  }

  private String dropIn() {
    return (chance(8) ? "Color\n" : "") + repository() + (chance(15) ? repository() : "");
  }

  private String include(int depth) throws IOException {
    Path file = folder.resolve("f" + files++);
    if (chance(10)) {
      return "Include = " + file + "\n";
    }
    StringBuilder text = new StringBuilder();
    text.append(chance(70) ? repository() : "Server = " + server + "\n");
    if (chance(10)) {
      text.append("Include = ").append(file).append('\n');
    } else if (chance(60)) {
      text.append(depth < 12 ? include(depth + 1) : "");
    }
    Files.writeString(file, text);
    return "Include = " + file + "\n";
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String pick(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
