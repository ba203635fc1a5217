package org.qrepo.sign.program;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/** A program that signs what it reads: how it is asked, and what its answers mean. */
public sealed interface Backend permits GpgBackend, SplitGpgBackend, QubesGpgSignBackend {
  /** As the configuration names it. */
  String name();

  /** Who holds the key, for sentences: {@code gpg}, {@code split-gpg in qube vault}. */
  String holder();

  /**
   * What to run for a binary detached signature over standard input, written to standard output.
   *
   * @param request which key is to sign
   */
  List<String> signing(Request request);

  /** What to run for the binary certificate of a key; empty if this way to the key has none. */
  Optional<List<String>> exporting(Fingerprint key);

  /** What the program's environment says besides what is there. */
  Map<String, String> environment();

  /** The hashes that its signatures are likely to use, to be computed while it reads. */
  Set<HashAlgorithm> hashes(HashAlgorithm asked);

  /** How long one consent of a person lasts, counted from when it was given; empty for ever. */
  Optional<Duration> consent();

  /** Where a person should look while an answer is waited for. */
  String whereToLook();

  /** What a failure means that the program did not explain in words for programs. */
  Optional<Trouble> trouble(int exit, List<String> said);

  /** How to see for oneself what is wrong. */
  String remedy(Fingerprint key);

  /**
   * What is asked for.
   *
   * @param wanted what the user configured: a certificate, or one key of it
   * @param chosen the key that would sign, by its certificate
   * @param certificate whose key it is
   * @param hash to use where it can be chosen
   */
  record Request(
      Fingerprint wanted, Fingerprint chosen, Fingerprint certificate, HashAlgorithm hash) {
    /** The user id that gpg understands: the certificate, or with a mark exactly one key. */
    String localUser() {
      return wanted.equals(certificate) ? wanted.hex() : wanted.hex() + "!";
    }
  }

  /**
   * Why there is no signature.
   *
   * @param id stable, of the finding
   * @param reason one line, lower case
   */
  record Trouble(String id, String reason, List<String> details) {
    public Trouble {
      details = List.copyOf(details);
    }

    static Trouble of(String id, String reason, String... details) {
      return new Trouble(id, reason, List.of(details));
    }
  }
}
