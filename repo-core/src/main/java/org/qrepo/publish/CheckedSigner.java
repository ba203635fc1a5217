package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** Lets no signature through that clients of this repository would not accept. */
final class CheckedSigner implements Signer {
  private final Signer signer;
  private final Verifier verifier;

  CheckedSigner(Signer signer, Verifier verifier) {
    this.signer = signer;
    this.verifier = verifier;
  }

  @Override
  public Fingerprint certificate() {
    return signer.certificate();
  }

  @Override
  public String description() {
    return signer.description();
  }

  @Override
  public byte[] sign(Signable signable) {
    byte[] signature = signer.sign(signable);
    Verifier.Verdict verdict =
        verifier.verify(
            signable.name() + ".sig",
            signature,
            digests(signable, signature),
            Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      throw new SigningException(
          "the new signature of "
              + signable.name()
              + " is not one that clients of this repository accept: "
              + bad.finding().reason());
    }
    return signature;
  }

  private Digests digests(Signable signable, byte[] signature) {
    Set<HashAlgorithm> wanted = verifier.algorithms(signature);
    if (wanted.stream().allMatch(signable.digests()::has)) {
      return signable.digests();
    }
    try (InputStream in = signable.open()) {
      return Digests.of(in, wanted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The signer that was given is closed by whoever opened it. */
  @Override
  public void close() {}
}
