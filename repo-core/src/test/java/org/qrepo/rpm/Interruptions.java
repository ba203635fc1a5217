package org.qrepo.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Leaves packages behind as a process does that dies while it signs. */
public final class Interruptions {
  private Interruptions() {}

  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Overwrites half of a signature header in place, with the record of what was there. */
  @SuppressWarnings("EmptyCatch") // nobody is left to say anything
  public static void signHalf(Path rpm) throws IOException {
    RpmFile file = RpmFile.read(rpm, RpmFile.Wish.NOTHING);
    SignatureBlock block =
        SignatureBlock.replacing(
            file.signatures(),
            List.of(new SignatureBlock.Stored(RpmTag.Signature.HEADER_RSA, new byte[500])));
    try {
      new InPlaceRewrite(
              rpm,
              step -> {
                if (step.equals("write at 2048")) {
                  throw new Death();
                }
              })
          .carryOut(file, block);
    } catch (Death expected) {
    }
  }
}
