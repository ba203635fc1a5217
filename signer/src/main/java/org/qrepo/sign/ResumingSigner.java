package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Verifier;

/**
 * Takes a signature that was made before from a shelf, and asks the signer only for those that are
 * not there. What a shelf cannot give or keep costs a signature, and nothing else.
 */
public final class ResumingSigner implements Signer {
  private final Signer signer;
  private final Verifier verifier;
  private final SignatureShelf shelf;
  private final Consumer<Finding> warnings;

  /**
   * @param verifier what a kept signature must pass to be used again
   * @param warnings hears that the shelf does not work
   * @param clock tells what has lain on the shelf for too long, which is removed
   */
  public ResumingSigner(
      Signer signer,
      Verifier verifier,
      SignatureShelf shelf,
      Consumer<Finding> warnings,
      InstantSource clock) {
    this.signer = signer;
    this.verifier = verifier;
    this.shelf = shelf;
    this.warnings = warnings;
    tolerate(() -> shelf.sweep(clock.instant()));
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
    Optional<byte[]> kept = kept(signable);
    if (kept.isPresent()) {
      return kept.get();
    }
    byte[] made = signer.sign(signable);
    tolerate(() -> shelf.keep(signable.digests().sha256(), certificate(), made));
    return made;
  }

  private Optional<byte[]> kept(Signable signable) {
    try {
      Optional<byte[]> found = shelf.find(signable.digests().sha256(), certificate());
      return found.isPresent() && isGood(signable, found.get()) ? found : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean isGood(Signable signable, byte[] signature) throws IOException {
    Set<HashAlgorithm> hashes = verifier.algorithms(signature);
    Digests digests = signable.digests();
    if (!hashes.stream().allMatch(digests::has)) {
      try (InputStream in = signable.open()) {
        digests = Digests.of(in, hashes);
      }
    }
    return verifier.verify(signable.name(), signature, digests, Verifier.Form.BINARY)
        instanceof Verifier.Verdict.Good;
  }

  /** Something to do with the shelf. */
  @FunctionalInterface
  private interface ShelfWork {
    void run() throws IOException;
  }

  private void tolerate(ShelfWork work) {
    try {
      work.run();
    } catch (IOException e) {
      warnings.accept(
          Finding.of(
              "signature-not-kept",
              "",
              "signatures cannot be kept for a batch that breaks off",
              e.toString()));
    }
  }

  @Override
  public void close() {
    signer.close();
  }
}
