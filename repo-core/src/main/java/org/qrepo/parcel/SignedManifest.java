package org.qrepo.parcel;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Verifier;

/** A manifest whose signature is one by an allowed key, with the bytes that were signed. */
public final class SignedManifest {
  /** What the manifest's file is called, at the top of a parcel. */
  public static final String NAME = "manifest.json";

  /** What its signature's file is called. */
  public static final String SIGNATURE_NAME = NAME + ".sig";

  private final Manifest manifest;
  private final byte[] bytes;
  private final byte[] signature;
  private final Fingerprint signer;
  private final Instant signed;

  private SignedManifest(
      Manifest manifest, byte[] bytes, byte[] signature, Verifier.Verdict.Good good) {
    this.manifest = manifest;
    this.bytes = bytes;
    this.signature = signature;
    this.signer = good.certificate();
    this.signed = good.created();
  }

  /**
   * Signs a manifest.
   *
   * @param verifier whose opinion the receiver shares
   * @throws RefusedException if the receiver would not accept the new signature
   */
  static SignedManifest sign(Manifest manifest, Signer signer, Verifier verifier) {
    byte[] bytes = ManifestText.write(manifest);
    return verify(bytes, signer.sign(Signable.of(NAME, bytes)), verifier);
  }

  /**
   * Verifies and reads a manifest; nothing of it is looked at before its signature is.
   *
   * @throws RefusedException if the signature is not one that counts, or it is no manifest
   */
  static SignedManifest verify(byte[] bytes, byte[] signature, Verifier verifier) {
    Digests digests = Digests.of(bytes, verifier.algorithms(signature));
    Verifier.Verdict verdict =
        verifier.verify(SIGNATURE_NAME, signature, digests, Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Good good) {
      return new SignedManifest(ManifestText.read(bytes), bytes.clone(), signature.clone(), good);
    }
    throw new RefusedException(refusal(((Verifier.Verdict.Bad) verdict).finding()));
  }

  /** No pacman sees a manifest, and who receives it cannot sign it. */
  private static Finding refusal(Finding bad) {
    List<String> details =
        bad.details().stream()
            .filter(line -> !line.startsWith("pacman will say") && !line.contains("qrepo sign "))
            .toList();
    Finding told = new Finding(bad.id(), bad.subject(), bad.reason(), details);
    return bad.id().startsWith("key-")
        ? told.and(
            "The fingerprints that count are those of this machine's own configuration:",
            "signing.trusted and signing.certificates in qrepo.yml, or --trust.")
        : told.and("Hand the parcel over again.");
  }

  /** Reads what may be a manifest, as far as one may go. */
  static byte[] readManifest(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(ManifestText.MAX_LENGTH + 1);
    if (bytes.length > ManifestText.MAX_LENGTH) {
      throw new RefusedException(
          Finding.of(
              "parcel-manifest-too-large",
              NAME,
              "the manifest is longer than " + (ManifestText.MAX_LENGTH >> 20) + " MiB"));
    }
    return bytes;
  }

  /** Reads a signature; of longer ones one byte too many, which no verifier accepts. */
  static byte[] readSignature(InputStream in) throws IOException {
    return in.readNBytes(Verifier.MAX_SIGNATURE + 1);
  }

  /**
   * Refuses parcels of other repositories.
   *
   * @throws RefusedException {@code parcel-of-other-repository}
   */
  public SignedManifest requireOf(RepositoryName repository) {
    if (!manifest.repository().equals(repository)) {
      throw new RefusedException(
          Finding.of(
              "parcel-of-other-repository",
              NAME,
              "the parcel is of repository " + manifest.repository() + ", not of " + repository,
              "Name the target that it belongs to: --to T, or --name "
                  + manifest.repository()
                  + "."));
    }
    return this;
  }

  public Manifest manifest() {
    return manifest;
  }

  /** The bytes that were signed. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public byte[] signature() {
    return signature.clone();
  }

  /** Whose signature it is. */
  public Fingerprint signer() {
    return signer;
  }

  /** When it was signed, as the signature says. */
  public Instant signed() {
    return signed;
  }
}
