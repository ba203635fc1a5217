package org.qrepo.sign.program;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CertifiedKey;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.PacketException;

/**
 * Signs through a program, one thing after the other, whatever the number of threads. A signature
 * counts if the program ended well, answered something, and that verifies with the certificate that
 * the user named. After a failure nothing more is asked for, so that nobody is asked again after
 * having said no.
 */
public final class ProgramSigner implements Signer {
  private final Backend backend;
  private final Certificate certificate;
  private final Fingerprint wanted;
  private final CertifiedKey key;
  private final ProgramSettings settings;
  private final Verifier twin;
  private final ReentrantLock turn = new ReentrantLock(true);
  private Optional<Instant> consented = Optional.empty();
  private int made;
  private @Nullable SigningException broken;

  private ProgramSigner(
      Backend backend,
      Certificate certificate,
      Fingerprint wanted,
      CertifiedKey key,
      ProgramSettings settings) {
    this.backend = backend;
    this.certificate = certificate;
    this.wanted = wanted;
    this.key = key;
    this.settings = settings;
    this.twin = new KeyringVerifier(Keyring.of(certificate), Set.of(wanted), settings.clock());
  }

  /**
   * A signer that asks nobody before the first signature.
   *
   * @param certificate of the key
   * @param wanted its fingerprint, or that of exactly one of its keys
   * @throws SigningException with the reason if no such key may sign now
   */
  public static ProgramSigner of(
      Backend backend, Certificate certificate, Fingerprint wanted, ProgramSettings settings) {
    CertifiedKey key = certificate.signingKey(backend.holder(), wanted, settings.clock().instant());
    return new ProgramSigner(backend, certificate, wanted, key, settings);
  }

  @Override
  public Fingerprint certificate() {
    return certificate.fingerprint();
  }

  /** The certificate to give to clients. */
  public Certificate publicCertificate() {
    return certificate;
  }

  @Override
  public String description() {
    return "%s, %s, %s"
        .formatted(
            certificate.description(settings.clock().instant()), key.algorithm(), backend.holder());
  }

  /** Accepts what {@link #sign} makes: signatures of the wanted key. */
  public Verifier verifier() {
    return twin;
  }

  @Override
  public byte[] sign(Signable signable) {
    takeTurn(signable);
    try {
      if (broken != null) {
        throw broken;
      }
      byte[] signature = signed(signable);
      made++;
      return signature;
    } catch (SigningException e) {
      broken = e;
      throw e;
    } finally {
      turn.unlock();
    }
  }

  private void takeTurn(Signable signable) {
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SigningException("interrupted before " + signable.name() + " was signed", e);
    }
  }

  private byte[] signed(Signable signable) {
    Backend.Request request =
        new Backend.Request(wanted, key.fingerprint(), certificate.fingerprint(), hash());
    foretellQuestion();
    ProgramAnswer answer =
        new Caller(backend, settings)
            .call(
                signable.name(),
                backend.signing(request),
                signable::open,
                backend.hashes(request.hash()),
                Verifier.MAX_SIGNATURE);
    if (answer.exit() != 0) {
      throw new SigningException(
          withMade(new Diagnosis(backend, wanted).failed(signable.name(), answer)));
    }
    requireSame(signable, answer);
    byte[] signature = binary(signable, answer);
    verify(signable, answer, signature);
    if (consented.isEmpty()) {
      consented = Optional.of(settings.clock().instant());
    }
    return signature;
  }

  /** Of several keys that gpg may choose from, the longest hash that one of them needs. */
  private HashAlgorithm hash() {
    Instant now = settings.clock().instant();
    return certificate.signingKeys(now).stream()
        .filter(k -> wanted.equals(certificate.fingerprint()) || k.fingerprint().equals(wanted))
        .map(k -> k.packet().key().signingHash())
        .max(Comparator.naturalOrder())
        .orElse(HashAlgorithm.SHA256);
  }

  /** A consent that is over is asked for again: whoever walked away should know. */
  private void foretellQuestion() {
    Optional<Duration> consent = backend.consent();
    Instant now = settings.clock().instant();
    if (consent.isEmpty() || consented.filter(c -> c.plus(consent.get()).isBefore(now)).isEmpty()) {
      return;
    }
    settings
        .notices()
        .say(
            "a consent of %d seconds is over after %d signatures: %s may ask again"
                .formatted(consent.get().toSeconds(), made, backend.holder()));
    consented = Optional.empty();
  }

  private static void requireSame(Signable signable, ProgramAnswer answer) {
    boolean changed =
        answer
            .given()
            .filter(given -> !given.sha256().equals(signable.digests().sha256()))
            .isPresent();
    if (changed) {
      throw new SigningException(
          Finding.of(
              "changed-while-signing", signable.name(), "the file changed since it was read"));
    }
  }

  private byte[] binary(Signable signable, ProgramAnswer answer) {
    byte[] out = answer.out();
    if (out.length == 0) {
      throw new SigningException(
          withMade(
              new Diagnosis(backend, wanted)
                  .withWords(
                      signable.name(),
                      Backend.Trouble.of(
                          "signing-program-silent",
                          backend.holder() + " ended well and answered nothing",
                          backend.remedy(wanted)),
                      answer.said())));
    }
    if (!Armor.isArmored(out)) {
      return out;
    }
    try {
      return Armor.decode(out, Armor.Block.SIGNATURE, true);
    } catch (PacketException e) {
      throw new SigningException(useless(signable, "its text is damaged: " + e.reason()));
    }
  }

  private void verify(Signable signable, ProgramAnswer answer, byte[] signature) {
    Set<HashAlgorithm> wantedHashes = twin.algorithms(signature);
    Digests digests =
        answer
            .given()
            .filter(given -> wantedHashes.stream().allMatch(given::has))
            .orElseGet(() -> digests(signable, wantedHashes));
    Verifier.Verdict verdict =
        twin.verify(signable.name(), signature, digests, Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      throw new SigningException(rejected(signable, bad.finding()));
    }
  }

  private static Digests digests(Signable signable, Set<HashAlgorithm> wanted) {
    if (wanted.stream().allMatch(signable.digests()::has)) {
      return signable.digests();
    }
    try (InputStream in = signable.open()) {
      return Digests.of(in, wanted);
    } catch (IOException e) {
      throw new SigningException(signable.name() + " cannot be read again: " + e, e);
    }
  }

  private Finding rejected(Signable signable, Finding finding) {
    return switch (finding.id()) {
      case "key-unknown", "key-not-allowed" ->
          Finding.of(
              "signing-key-unexpected",
              signable.name(),
              backend.holder() + " signed with another key than " + wanted,
              finding.reason() + ".",
              "The signature was thrown away. If the key has a new subkey, its certificate here is",
              "too old: qrepo key show fetches it anew; or name the subkey: signing.key.");
      case "signature-bad" ->
          useless(signable, "it is not over these bytes, or was not made by this key");
      default -> useless(signable, finding.reason());
    };
  }

  private Finding useless(Signable signable, String reason) {
    return Finding.of(
        "signing-output-useless",
        signable.name(),
        "what " + backend.holder() + " answered is no signature that clients accept",
        reason + ".",
        "It was thrown away. " + backend.remedy(wanted));
  }

  /** What a person who said no, or was away, wants to know. */
  private Finding withMade(Finding finding) {
    if (made == 0) {
      return finding;
    }
    List<String> details = new ArrayList<>(finding.details());
    details.add(
        made == 1
            ? "The signature made before is kept: running it again makes only the rest."
            : "The "
                + made
                + " signatures made before are kept: running it again makes only the rest.");
    return new Finding(finding.id(), finding.subject(), finding.reason(), details);
  }
}
