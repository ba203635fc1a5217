package org.qrepo.sign.rpm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.SigningException;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmRewrite;
import org.qrepo.rpm.SignatureBlock;
import org.qrepo.sign.KeyFileSigner;

/**
 * Signs packages as {@code rpmsign} does: a signature over the main header, whose digest of the
 * payload covers the rest, stored in the signature header in place of those that were there. Only
 * the main header, some kilobytes, goes to the key.
 */
public final class RpmSigner {
  private final Signer signer;
  private final Optional<HashAlgorithm> content;

  private RpmSigner(Signer signer, Optional<HashAlgorithm> content) {
    this.signer = signer;
    this.content = content;
  }

  /** Makes header signatures. */
  public static RpmSigner of(Signer signer) {
    return new RpmSigner(signer, Optional.empty());
  }

  /**
   * Makes signatures over header and payload besides, which rpm before 4.14 wants. They take the
   * whole package through a hash, so that the key must be at hand.
   */
  public static RpmSigner withContentSignature(KeyFileSigner signer) {
    return new RpmSigner(signer, Optional.of(signer.hash()));
  }

  /** What reading a package must digest along the way. */
  public RpmFile.Wish wish() {
    return new RpmFile.Wish() {
      @Override
      public Set<HashAlgorithm> content(RpmHeader signatures) {
        return content.map(Set::of).orElse(Set.of());
      }
    };
  }

  /**
   * What was done.
   *
   * @param sameSize whether the space that was reserved sufficed
   */
  public record Signed(boolean sameSize) {}

  /**
   * Signs a package that was read with this signer's {@link #wish}.
   *
   * @throws SigningException if the key cannot, or makes something that dom0 would refuse
   * @throws org.qrepo.RefusedException if the file changed, is worked on by someone else, or has no
   *     space for the signature
   */
  public Signed sign(RpmFile file, RpmRewrite how) throws IOException {
    SignatureBlock block = block(file);
    how.apply(file, block);
    return new Signed(block.fits(file));
  }

  /**
   * Makes the signatures and leaves the file as it is.
   *
   * @throws SigningException as {@link #sign}
   */
  public SignatureBlock block(RpmFile file) {
    List<SignatureBlock.Stored> signatures = new ArrayList<>();
    byte[] overHeader = accepted(Signable.of(file.fileName(), file.header().bytes()));
    signatures.add(new SignatureBlock.Stored(RpmPacketRules.headerTag(overHeader), overHeader));
    if (content.isPresent()) {
      byte[] overContent = accepted(new ContentToSign(file));
      signatures.add(
          new SignatureBlock.Stored(RpmPacketRules.contentTag(overContent), overContent));
    }
    return SignatureBlock.replacing(file.signatures(), signatures);
  }

  private byte[] accepted(Signable signable) {
    byte[] signature = signer.sign(signable);
    RpmPacketRules.refusal(signable.name(), signature)
        .ifPresent(
            finding -> {
              throw new SigningException(finding);
            });
    return signature;
  }
}
