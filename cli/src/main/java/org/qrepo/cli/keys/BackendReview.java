package org.qrepo.cli.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;

/** What the configuration of a key that is not in a file lacks. */
public final class BackendReview {
  /** Where Qubes keeps the name of the qube that split-gpg asks; it wins over the environment. */
  private static final Path SPLIT_DOMAIN = Path.of("/rw/config/gpg-split-domain");

  private static final int MAX_NAME = 100;

  private final Config.Signing signing;
  private final Map<String, String> environment;
  private final Path splitDomain;

  public BackendReview(Config.Signing signing, Map<String, String> environment) {
    this(signing, environment, SPLIT_DOMAIN);
  }

  BackendReview(Config.Signing signing, Map<String, String> environment, Path splitDomain) {
    this.signing = signing;
    this.environment = environment;
    this.splitDomain = splitDomain;
  }

  /** What looks wrong, without asking any program. */
  public List<Finding> findings() {
    if (signing.backend() == SigningBackend.FILE) {
      return signing.programs().vault().isPresent()
          ? List.of(
              lack(
                  "signing.vault", "counts only with signing.backend: split-gpg or qubes-gpg-sign"))
          : List.of();
    }
    List<Finding> findings = new ArrayList<>();
    if (signing.key().isEmpty()) {
      findings.add(
          lack(
              "signing.key",
              "is not set: " + word() + " needs the full fingerprint of the key, 40 hex digits"));
    }
    if (signing.keyFile().isPresent()) {
      findings.add(lack("signing.key-file", "counts only with signing.backend: file"));
    }
    signing
        .programs()
        .gpgHome()
        .filter(home -> !Files.isDirectory(home))
        .ifPresent(home -> findings.add(lack("signing.gpg-home", home + " is no directory")));
    vault().ifPresent(findings::add);
    certificate().ifPresent(findings::add);
    return List.copyOf(findings);
  }

  /** That the program of the backend is not there. */
  public Optional<Finding> missingProgram() {
    return new Backends(signing, environment).missing();
  }

  private Optional<Finding> vault() {
    Optional<String> vault = signing.programs().vault().map(Object::toString);
    return switch (signing.backend()) {
      case FILE -> Optional.empty();
      case GPG ->
          vault.map(v -> lack("signing.vault", "counts only with split-gpg or qubes-gpg-sign"));
      case SPLIT_GPG -> vault.flatMap(this::overruled);
      case QUBES_GPG_SIGN ->
          vault.isPresent() || environment.containsKey("QUBES_GPG_DOMAIN")
              ? Optional.empty()
              : Optional.of(
                  lack(
                      "signing.vault",
                      "is not set: the policy of dom0 has to name a default target"));
    };
  }

  private Optional<Finding> overruled(String vault) {
    try (InputStream in = Files.newInputStream(splitDomain)) {
      String there = new String(in.readNBytes(MAX_NAME), StandardCharsets.UTF_8).strip();
      return there.equals(vault)
          ? Optional.empty()
          : Optional.of(
              lack("signing.vault", splitDomain + " names another qube, and wins: " + there));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<Finding> certificate() {
    return signing.backend() == SigningBackend.QUBES_GPG_SIGN && signing.certificates().isEmpty()
        ? Optional.of(
            lack(
                "signing.certificates",
                "is not set: qubes-gpg-sign cannot give the key's certificate"))
        : Optional.empty();
  }

  private static Finding lack(String subject, String reason) {
    return Finding.of("config-incomplete", subject, reason);
  }

  private String word() {
    return Backends.word(signing.backend());
  }
}
