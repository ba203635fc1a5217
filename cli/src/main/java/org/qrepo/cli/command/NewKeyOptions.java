package org.qrepo.cli.command;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.Passphrases;
import org.qrepo.sign.KeyAlgorithm;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.UserId;
import picocli.CommandLine.Option;

/** How a new key is to be. */
final class NewKeyOptions {
  private static final Pattern PERIOD = Pattern.compile("([1-9][0-9]{0,3})([dmy])");

  @Option(names = "--algorithm", paramLabel = "NAME", description = "ed25519 (default) or rsa4096.")
  private String algorithm = KeyAlgorithm.ED25519.label();

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      description = "never (default), a date like 2030-12-31, or a time like 2y, 18m, 90d.")
  private String expires = "never";

  @Option(
      names = "--no-passphrase",
      description = "Make a key that anyone who has its file can use.")
  private boolean noPassphrase;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The passphrase is the first line of FILE.")
  private @Nullable String passphraseFile;

  boolean isProtected() {
    return !noPassphrase;
  }

  /**
   * Makes the key; nothing is written.
   *
   * @param owner {@code Name <mail@example.org>}
   */
  NewKey generate(Session session, Config config, String owner) {
    UserId userId = userId(owner);
    KeyAlgorithm kind =
        KeyAlgorithm.byLabel(algorithm)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--algorithm " + algorithm + ": expected ed25519 or rsa4096"));
    Instant now = Instant.now();
    Optional<Instant> end = end(now);
    Optional<char[]> passphrase = passphrase(session, config);
    try {
      return NewKey.generate(userId, kind, passphrase, end, now);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--expires " + expires + ": " + e.getMessage());
    } finally {
      passphrase.ifPresent(p -> Arrays.fill(p, '\0'));
    }
  }

  private static UserId userId(String owner) {
    try {
      return new UserId(owner);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private Optional<char[]> passphrase(Session session, Config config) {
    if (noPassphrase) {
      return Optional.empty();
    }
    Optional<Path> file = Optional.ofNullable(passphraseFile).map(session::path);
    Optional<char[]> passphrase = new Passphrases(session, config, file).askNew();
    if (passphrase.isEmpty() || passphrase.get().length == 0) {
      throw new UsageException(
          "the new key needs a passphrase, and there is none",
          "Give it with --passphrase-file or QREPO_PASSPHRASE, or say --no-passphrase.");
    }
    return passphrase;
  }

  private Optional<Instant> end(Instant now) {
    if (expires.equals("never")) {
      return Optional.empty();
    }
    Matcher period = PERIOD.matcher(expires);
    if (period.matches()) {
      return Optional.of(now.atZone(ZoneOffset.UTC).plus(period(period)).toInstant());
    }
    try {
      return Optional.of(LocalDate.parse(expires).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeParseException e) {
      throw new UsageException(
          "--expires " + expires + ": expected never, a date like 2030-12-31, or 2y, 18m, 90d");
    }
  }

  private static Period period(Matcher matcher) {
    int number = Integer.parseInt(matcher.group(1));
    return switch (matcher.group(2)) {
      case "d" -> Period.ofDays(number);
      case "m" -> Period.ofMonths(number);
      default -> Period.ofYears(number);
    };
  }
}
