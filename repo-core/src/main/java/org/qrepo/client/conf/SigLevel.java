package org.qrepo.client.conf;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What pacman demands of signatures, all words of {@code SigLevel} taken together. Source:
 * pacman.conf(5).
 *
 * @param packages what is demanded of packages
 * @param databases what is demanded of databases
 * @param packageTrust whose signatures of packages count
 * @param databaseTrust whose signatures of databases count
 */
public record SigLevel(Check packages, Check databases, Trust packageTrust, Trust databaseTrust) {
  /** What pacman up to 7.0 does where nothing is said; 7.1 demands signatures of both. */
  public static final SigLevel BUILT_IN =
      new SigLevel(Check.OPTIONAL, Check.OPTIONAL, Trust.ONLY, Trust.ONLY);

  /** Whether there must be a signature. */
  public enum Check {
    NEVER("Never"),
    OPTIONAL("Optional"),
    REQUIRED("Required");

    private final String word;

    Check(String word) {
      this.word = word;
    }
  }

  /** Whose signatures count. */
  public enum Trust {
    /** Of keys that this client trusts. */
    ONLY("TrustedOnly"),
    /** Of every key in the keyring. */
    ALL("TrustAll");

    private final String word;

    Trust(String word) {
      this.word = word;
    }
  }

  /** Whether nothing comes in that a trusted key has not signed: packages and databases. */
  public boolean demandsTrustedSignatures() {
    return packages == Check.REQUIRED
        && databases == Check.REQUIRED
        && packageTrust == Trust.ONLY
        && databaseTrust == Trust.ONLY;
  }

  /** As {@code pacman-conf SigLevel} prints it. */
  public List<String> words() {
    return Stream.concat(
            words("Package", packages, packageTrust), words("Database", databases, databaseTrust))
        .toList();
  }

  private static Stream<String> words(String prefix, Check check, Trust trust) {
    Stream<String> first = Stream.of(prefix + check.word);
    return check == Check.NEVER ? first : Stream.concat(first, Stream.of(prefix + trust.word));
  }

  @Override
  public String toString() {
    return words().stream().collect(Collectors.joining(" "));
  }
}
