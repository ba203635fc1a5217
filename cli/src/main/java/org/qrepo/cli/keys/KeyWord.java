package org.qrepo.cli.keys;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.publish.Fingerprint;

/**
 * What {@code --key} says: a file with a secret key; the full fingerprint of a key of the
 * configured backend; or a backend and a fingerprint, and for the two ways into another qube also
 * which one: {@code gpg:FPR}, {@code split-gpg:FPR@VAULT}, {@code qubes-gpg-sign:FPR@VAULT}.
 */
public final class KeyWord {
  /** For usage texts. */
  public static final String FORMS =
      "a file with a secret key; a full fingerprint; gpg:FPR; split-gpg:FPR[@QUBE];"
          + " qubes-gpg-sign:FPR[@QUBE]";

  private static final String FLAG = "--key";
  private static final Pattern FINGERPRINT = Pattern.compile("(0[xX])?([0-9A-Fa-f]\\s*){40}");
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          Arrays.stream(SigningBackend.values())
              .filter(b -> b != SigningBackend.FILE)
              .map(Backends::word)
              .collect(Collectors.joining("|", "(", "):([^@]*)(?:@(.*))?")));

  private KeyWord() {}

  /**
   * The values that the word sets.
   *
   * @throws UsageException if it is none of the forms
   */
  public static List<ConfigLoader.Flag> flags(Session session, String word) {
    Matcher elsewhere = ELSEWHERE.matcher(word);
    if (elsewhere.matches()) {
      return elsewhere(elsewhere);
    }
    if (FINGERPRINT.matcher(word).matches()) {
      return List.of(flag("signing.key", word));
    }
    if (!Files.exists(session.path(word))) {
      throw new UsageException("--key " + word + ": no such file", "Give " + FORMS + ".");
    }
    return List.of(
        flag("signing.backend", Backends.word(SigningBackend.FILE)),
        flag("signing.key-file", word));
  }

  private static List<ConfigLoader.Flag> elsewhere(Matcher word) {
    String backend = word.group(1);
    List<ConfigLoader.Flag> flags = new ArrayList<>();
    flags.add(flag("signing.backend", backend));
    flags.add(flag("signing.key", fingerprint(word.group(2))));
    if (word.group(3) != null) {
      if (backend.equals(Backends.word(SigningBackend.GPG))) {
        throw new UsageException("--key " + word.group() + ": gpg is in no other qube");
      }
      flags.add(flag("signing.vault", word.group(3)));
    }
    return flags;
  }

  private static String fingerprint(String text) {
    try {
      return Fingerprint.parse(text).hex();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--key: " + e.getMessage());
    }
  }

  private static ConfigLoader.Flag flag(String name, String value) {
    return new ConfigLoader.Flag(FLAG, name, List.of(value));
  }
}
