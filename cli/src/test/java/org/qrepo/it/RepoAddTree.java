package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A repository that the real repo-add and gpg make in a folder, and what happens to such ones. */
final class RepoAddTree {
  private final Path folder;
  private final String name;
  private final GpgHome gpg;
  private final String key;
  private String extension = ".tar.gz";

  /**
   * @param folder to make
   * @param key the fingerprint of the one who publishes, in {@code gpg}
   */
  RepoAddTree(Path folder, String name, GpgHome gpg, String key) {
    Programs.require("repo-add", "bsdtar");
    this.folder = folder;
    this.name = name;
    this.gpg = gpg;
    this.key = key;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RepoAddTree compressed(String value) {
    extension = value;
    return this;
  }

  Path folder() {
    return folder;
  }

  /** The database under repo-add's name. */
  Path database() {
    return folder.resolve(name + ".db" + extension);
  }

  /** Copies packages here, without an entry. */
  RepoAddTree put(List<Path> packages) {
    packages.forEach(p -> copy(p, p.getFileName().toString()));
    return this;
  }

  RepoAddTree copy(Path from, String to) {
    try {
      Files.copy(from, folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Signs packages that lie here. */
  RepoAddTree sign(List<Path> packages) {
    return sign(key, packages);
  }

  RepoAddTree sign(String fingerprint, List<Path> packages) {
    packages.forEach(p -> gpg.sign(fingerprint, folder.resolve(p.getFileName())));
    return this;
  }

  /** Adds packages that lie here to a database that is not signed. */
  RepoAddTree add(List<Path> packages) {
    return repoAdd(List.of(), packages);
  }

  /** Adds packages that lie here and signs the database. */
  RepoAddTree addSigned(List<Path> packages) {
    return addSigned(key, packages);
  }

  RepoAddTree addSigned(String fingerprint, List<Path> packages) {
    return repoAdd(List.of("-s", "-k", fingerprint), packages);
  }

  private RepoAddTree repoAdd(List<String> options, List<Path> packages) {
    List<String> words = new ArrayList<>(List.of("-q"));
    words.addAll(options);
    words.add(database().toString());
    packages.forEach(p -> words.add(folder.resolve(p.getFileName()).toString()));
    Command.of("repo-add").with(words).env("GNUPGHOME", gpg.path()).run().expectSuccess();
    return this;
  }

  /** Signs as builderv2 does: in ASCII armor, what repo-add made, and nothing else. */
  RepoAddTree signArmored() {
    gpg.gpg(
            "--yes",
            "--local-user",
            key,
            "--detach-sign",
            "--armor",
            "--output",
            database() + ".sig",
            database().toString())
        .run()
        .expectSuccess();
    return this;
  }

  RepoAddTree write(String file, String content) {
    try {
      Files.writeString(folder.resolve(file), content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RepoAddTree delete(String... files) {
    try {
      for (String file : files) {
        Files.delete(folder.resolve(file));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Moves files into a folder beside this one and leaves links to them. */
  RepoAddTree linkOut(List<Path> files) {
    try {
      Path pool = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-pool"));
      for (Path file : files) {
        Path own = folder.resolve(file.getFileName());
        Files.move(own, pool.resolve(file.getFileName()));
        Files.createSymbolicLink(
            own, Path.of("..").resolve(pool.getFileName()).resolve(file.getFileName()));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts copies in the place of the links that clients fetch, as for an upload without links. */
  RepoAddTree withoutLinks() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        Files.write(file, bytes);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What bsdtar lists of a database here, without what is hidden from clients, sorted. */
  static List<String> members(Path database) {
    Programs.require("bsdtar");
    return Command.of("bsdtar", "-tf", database.toString()).run().expectSuccess().lines().stream()
        .sorted()
        .toList();
  }

  /** What bsdtar takes out of a database: each member and its text, descriptions as version 2. */
  static List<String> contents(Path database) {
    List<String> contents = new ArrayList<>();
    for (String member : members(database)) {
      if (!member.endsWith("/")) {
        String text =
            Command.of("bsdtar", "-xOf", database.toString(), member).run().expectSuccess().out();
        contents.add(member + "\n" + (member.endsWith("/desc") ? RepoAdd.asVersion2(text) : text));
      }
    }
    return contents;
  }

  /** The names of packages as files, in {@code from}. */
  static List<Path> named(List<Path> from, String... names) {
    return from.stream()
        .filter(p -> Arrays.stream(names).anyMatch(n -> p.getFileName().toString().startsWith(n)))
        .toList();
  }
}
