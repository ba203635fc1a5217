package org.qrepo.sign.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Certification;
import org.qrepo.sign.Examination;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.sign.SignatureFault;
import org.qrepo.sign.SignatureFinding;

/**
 * Verifies the signatures of commits and tags against the keys that count, and against no keyring
 * of the user. Exactly one OpenPGP signature is accepted, in force, by a certified key in force.
 */
public final class SourceVerifier {
  private final SourceKeys keys;
  private final KeyringVerifier verifier;

  public SourceVerifier(SourceKeys keys) {
    this.keys = keys;
    this.verifier = keys.verifier();
  }

  /**
   * Verifies one signature.
   *
   * @param subject what findings call the commit or tag: {@code tag v1.0}
   */
  public SourceSignature verify(String subject, SignedContent content) {
    if (content.kind() == SignedContent.Kind.NONE) {
      return new SourceSignature.None();
    }
    Optional<Finding> form = form(subject, content);
    if (form.isPresent()) {
      return new SourceSignature.Bad(List.of(form.get()));
    }
    byte[] signature = content.signature();
    Digests digests = Digests.of(content.payload(), verifier.algorithms(signature));
    Examination examination =
        verifier.examine(subject, signature, digests, Verifier.Form.BINARY_OR_ARMORED);
    List<Finding> findings = findings(signature, examination);
    return findings.isEmpty() && examination.good().isPresent()
        ? good(examination.good().get())
        : new SourceSignature.Bad(findings);
  }

  private static Optional<Finding> form(String subject, SignedContent content) {
    return switch (content.kind()) {
      case SSH ->
          Optional.of(
              Finding.of(
                  "signature-ssh",
                  subject,
                  "it is signed with an SSH key",
                  "The master key certifies OpenPGP keys; who holds an SSH key nobody says here.",
                  "Choose a version that a developer signed with OpenPGP."));
      case X509 ->
          Optional.of(
              Finding.of(
                  "signature-x509",
                  subject,
                  "it is signed with an X.509 certificate",
                  "The master key certifies OpenPGP keys alone.",
                  "Choose a version that a developer signed with OpenPGP."));
      case OTHER ->
          Optional.of(
              Finding.of(
                  "signature-not-openpgp",
                  subject,
                  "what stands where the signature belongs is none",
                  "Choose a version that a developer signed with OpenPGP."));
      case OPENPGP, NONE -> content.count() > 1 ? Optional.of(several(subject)) : Optional.empty();
    };
  }

  private static Finding several(String subject) {
    return Finding.of(
        SignatureFault.SEVERAL.id(),
        subject,
        "it holds several signatures",
        "Programs differ in which of them they look at, and in what it is over.",
        "Choose a version with one signature.");
  }

  private List<Finding> findings(byte[] signature, Examination examination) {
    List<SignatureFinding> errors = examination.findings().stream().filter(f -> counts(f)).toList();
    Optional<SignatureFinding> bad =
        errors.stream().filter(f -> f.fault() == SignatureFault.BAD).findFirst();
    if (bad.isPresent()) {
      return List.of(finding(bad.get(), signature));
    }
    List<Finding> findings = new ArrayList<>();
    errors.forEach(f -> findings.add(finding(f, signature)));
    return findings;
  }

  private static boolean counts(SignatureFinding finding) {
    return finding.isError() || finding.fault() == SignatureFault.SEVERAL;
  }

  private SourceSignature good(Verifier.Verdict.Good good) {
    String owner =
        keys.find(good.certificate()).stream()
            .flatMap(c -> c.userIds(keys.now()).stream())
            .findFirst()
            .orElse("");
    return new SourceSignature.Good(good.certificate(), owner, good.created());
  }

  private Finding finding(SignatureFinding found, byte[] signature) {
    String subject = found.subject();
    return switch (found.fault()) {
      case SEVERAL -> several(subject);
      case KEY_NOT_ALLOWED -> uncertified(subject, signature);
      case BAD ->
          with(
              found,
              "What was signed is not what is here: it was changed by accident or by somebody.",
              "Do not build from it. Fetch it anew, and from another place: build.url.");
      case KEY_UNKNOWN ->
          with(
              found,
              "Nobody at hand vouches for this key.",
              "If it is a new developer's, get the newest certificates (build.keys, --keys FILE);"
                  + " else do not build from it.");
      case KEY_REVOKED ->
          with(
              found,
              "Its owner has withdrawn it: it was lost, stolen or replaced.",
              "Choose a version that another developer signed.");
      case KEY_EXPIRED, KEY_EXPIRED_AT_SIGNING ->
          with(
              found,
              "If its owner extended it, a newer certificate says so: build.keys, --keys FILE.",
              "Else choose a newer version.");
      case BROKEN_HASH, WEAK_HASH ->
          with(
              found,
              "Another content with the same digest can be made, which the signature would fit.",
              "Choose a version with a newer signature.");
      default ->
          with(found, "Such a signature says nothing. Choose a version with another signature.");
    };
  }

  private static Finding with(SignatureFinding found, String... details) {
    return Finding.of(found.fault().id(), found.subject(), found.reason(), details);
  }

  private Finding uncertified(String subject, byte[] signature) {
    Certificate signer =
        verifier.claimed(signature).stream()
            .flatMap(f -> keys.find(f).stream())
            .findFirst()
            .orElseThrow();
    Certification certification = keys.standing(signer);
    String who = signer.description(keys.now());
    String on = certification.since().map(t -> " on " + t).orElse("");
    Fingerprint master = keys.master().map(Certificate::fingerprint).orElse(signer.fingerprint());
    return switch (certification.standing()) {
      case REVOKED ->
          Finding.of(
              "certification-revoked",
              subject,
              "signed by " + who + ", whose certification the master key took back" + on,
              "Whoever holds the master key does not vouch for this key any more.",
              "Choose a version that another developer signed.");
      case EXPIRED ->
          Finding.of(
              "certification-expired",
              subject,
              "signed by " + who + ", whose certification by the master key ended" + on,
              "If it was renewed, a newer certificate says so: build.keys, --keys FILE.");
      case WEAK_HASH ->
          Finding.of(
              "certification-weak-hash",
              subject,
              "signed by " + who + ", whom the master key certified with SHA-1 alone" + on,
              "Such a certification can be moved to another key.",
              "A newer certificate may have a better one: build.keys, --keys FILE.");
      default ->
          Finding.of(
              "key-not-certified",
              subject,
              "signed by " + who + ", whom the master key has not certified",
              "The signature is that key's, but anyone can make a key of that name.",
              "The master key is " + master.grouped() + ".",
              "If it certified this key lately, a newer certificate says so: build.keys, --keys"
                  + " FILE; if the source is a fork, pin its master key: build.master-key.");
    };
  }
}
