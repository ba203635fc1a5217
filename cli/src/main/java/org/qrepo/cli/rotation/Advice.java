package org.qrepo.cli.rotation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;

/**
 * What a publisher does next in a change of keys.
 *
 * @param now what is so, in a sentence
 * @param reasons what to wait for, or to know, line by line
 * @param configuration lines for qrepo.yml; may be none
 * @param commands to be run then, in order
 */
public record Advice(
    String now, List<String> reasons, List<String> configuration, List<String> commands) {
  public Advice {
    reasons = List.copyOf(reasons);
    configuration = List.copyOf(configuration);
    commands = List.copyOf(commands);
  }

  /** What follows from how things stand. */
  public static Advice of(Rotation rotation, Config config) throws IOException {
    Lines lines = new Lines(config);
    return switch (rotation.stage()) {
      case STEADY -> steady(rotation);
      case SHIP -> ship(rotation);
      case SWITCH -> change(rotation, lines);
      case RESIGN -> resign(rotation);
      case REVOKE -> revoke(rotation, lines);
      case WITHDRAW -> withdraw(rotation);
    };
  }

  private static Advice steady(Rotation rotation) {
    return new Advice(
        "No change of keys is under way: " + rotation.own().fingerprint().grouped() + " signs",
        List.of("To begin one:"),
        List.of(),
        List.of("qrepo key rotate begin"));
  }

  private static Advice ship(Rotation rotation) {
    return new Advice(
        "The next key is configured, and clients have not got it yet",
        List.of("Publish the keyring package that makes clients trust both keys:"),
        List.of(),
        publish(rotation));
  }

  private static List<String> publish(Rotation rotation) {
    boolean nowhere = rotation.targets().stream().noneMatch(TargetKeys::published);
    return rotation.targets().stream()
        .filter(t -> nowhere || (t.published() && !t.shipped()))
        .map(t -> "qrepo publish --with-keyring --to " + t.target())
        .toList();
  }

  private static Advice change(Rotation rotation, Lines lines) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (TargetKeys target : rotation.targets()) {
      target
          .since()
          .map(t -> t.atZone(ZoneOffset.UTC).toLocalDate())
          .ifPresent(day -> reasons.add(target.target() + " has offered it since " + day + "."));
    }
    lines
        .missing(rotation.own())
        .ifPresent(
            file ->
                reasons.add(
                    "Keep the certificate of the old key now: qrepo key export --out " + file));
    reasons.add("Give clients time to upgrade, a few weeks say: who has not will need the");
    reasons.add(
        "recovery steps of the landing page. Then change these lines, and publish as ever:");
    List<String> configuration =
        rotation.next().isPresent()
            ? lines.change(rotation.own(), rotation.next().get().fingerprint())
            : List.of();
    return new Advice(
        "Clients get the next key with their next upgrade",
        reasons,
        configuration,
        List.of("qrepo key rotate status"));
  }

  private static Advice resign(Rotation rotation) {
    List<String> reasons = new ArrayList<>();
    for (TargetKeys target : rotation.dependent()) {
      reasons.add(
          target.target()
              + ": "
              + target.dependent().size()
              + " signatures by the old key: "
              + excerpt(target));
    }
    reasons.add("Sign them anew; --dry-run says how much has to be read:");
    return new Advice(
        "The new key signs, and the repository still needs the old one",
        reasons,
        List.of(),
        rotation.dependent().stream().map(t -> "qrepo key rotate resign " + t.target()).toList());
  }

  /** Some of the names that depend on a key. */
  static String excerpt(TargetKeys target) {
    int most = 5;
    String names =
        target.dependent().stream()
            .limit(most)
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    return names + (target.dependent().size() > most ? ", …" : "");
  }

  private static Advice revoke(Rotation rotation, Lines lines) {
    return new Advice(
        "Nothing that is published depends on the old key any more",
        List.of(
            "When clients have had time to fetch the new signatures, revoke it: change these lines,",
            "then publish the keyring package:"),
        lines.revocation(rotation.old(), rotation.revoked()),
        rotation.targets().stream()
            .filter(TargetKeys::published)
            .map(t -> "qrepo publish --with-keyring --to " + t.target())
            .toList());
  }

  private static Advice withdraw(Rotation rotation) {
    List<String> reasons = new ArrayList<>();
    for (TargetKeys target : rotation.dependent()) {
      reasons.add(
          "Beware: at " + target.target() + " the revoked key is still needed: " + excerpt(target));
    }
    reasons.add("Publish the keyring package that makes clients refuse the revoked key:");
    return new Advice(
        "A key is revoked in qrepo.yml, and clients do not know yet",
        reasons,
        List.of(),
        publish(rotation));
  }

  /** Says it to people. */
  public void say(Console console) {
    console.stage(now);
    reasons.forEach(console::note);
    if (!configuration.isEmpty()) {
      console.document(String.join("\n", configuration) + "\n");
    }
    commands.forEach(c -> console.note("  " + c));
  }

  /** Says it to scripts. */
  public void write(JsonObject json) throws IOException {
    json.field("now", now)
        .strings("reasons", reasons)
        .strings("configuration", configuration)
        .strings("commands", commands);
  }

  /** Lines of qrepo.yml. */
  static final class Lines {
    private final Config config;

    Lines(Config config) {
      this.config = config;
    }

    List<String> next(Path certificate) {
      return List.of("keyring:", "  next: " + path(certificate));
    }

    private List<String> change(Certificate own, Fingerprint next) throws IOException {
      List<String> lines = new ArrayList<>(List.of("signing:"));
      Optional<Path> file = config.keyring().next();
      Optional<Path> secret =
          file.map(f -> f.resolveSibling(next + ".secret.asc")).filter(Files::isReadable);
      if (config.signing().backend() == SigningBackend.FILE) {
        String place = secret.map(this::path).orElse("FILE-WITH-THE-NEW-SECRET-KEY");
        lines.add("  key-file: " + place);
      }
      if (config.signing().key().isPresent() || secret.isEmpty()) {
        lines.add("  key: " + next);
      }
      List<String> trusted = new ArrayList<>(List.of(own.fingerprint().hex()));
      config.signing().trusted().stream()
          .map(Fingerprint::hex)
          .filter(f -> !trusted.contains(f) && !f.equals(next.hex()))
          .sorted()
          .forEach(trusted::add);
      lines.add("  trusted: [" + String.join(", ", trusted) + "]");
      lines.add("  certificates: [" + String.join(", ", certificates(own, file)) + "]");
      lines.add("# and take the line 'next:' out, with 'keyring:' if nothing else is below it");
      return lines;
    }

    private List<String> certificates(Certificate own, Optional<Path> next) throws IOException {
      List<String> files = new ArrayList<>();
      next.map(this::path).ifPresent(files::add);
      if (!isConfigured(own)) {
        files.add(path(placeOf(own)));
      }
      config.signing().certificates().stream()
          .map(this::path)
          .filter(f -> !files.contains(f))
          .forEach(files::add);
      return files;
    }

    /** Where the certificate of a key has to be kept that will not sign any more; empty: it is. */
    private Optional<Path> missing(Certificate own) throws IOException {
      Path place = placeOf(own);
      return isConfigured(own) || Files.isReadable(place) ? Optional.empty() : Optional.of(place);
    }

    /** Beside that of the next key. */
    private Path placeOf(Certificate own) {
      return config.keyring().next().orElse(Path.of("")).resolveSibling(own.fingerprint() + ".asc");
    }

    private boolean isConfigured(Certificate own) throws IOException {
      for (Path file : config.signing().certificates()) {
        if (Keyring.read(file).find(own.fingerprint()).isPresent()) {
          return true;
        }
      }
      return false;
    }

    private List<String> revocation(Set<Fingerprint> old, List<Fingerprint> already) {
      List<String> lines = new ArrayList<>();
      String kept =
          config.signing().trusted().stream()
              .filter(f -> !old.contains(f))
              .map(Fingerprint::hex)
              .sorted()
              .collect(Collectors.joining(", "));
      lines.add("signing:");
      lines.add("  trusted: [" + kept + "]");
      lines.add("keyring:");
      List<String> revoked = new ArrayList<>(already.stream().map(Fingerprint::hex).toList());
      old.stream().map(Fingerprint::hex).filter(f -> !revoked.contains(f)).forEach(revoked::add);
      lines.add("  revoked: [" + String.join(", ", revoked) + "]");
      return lines;
    }

    /** As the file would name it: relative to its own directory where that is possible. */
    private String path(Path file) {
      Path shown =
          config
              .file()
              .flatMap(f -> Optional.ofNullable(f.toAbsolutePath().getParent()))
              .filter(file::startsWith)
              .map(d -> d.relativize(file))
              .orElse(file);
      String text = shown.toString();
      return text.matches("[A-Za-z0-9._/~-]+") ? text : "'" + text.replace("'", "''") + "'";
    }
  }
}
