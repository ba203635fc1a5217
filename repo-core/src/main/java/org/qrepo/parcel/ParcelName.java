package org.qrepo.parcel;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.qrepo.publish.Plan;
import org.qrepo.publish.RepositoryName;

/**
 * What a parcel's directory is called. Each is made once, for the receiving side of {@code
 * qvm-copy} takes nothing whose name is there already.
 *
 * @param value {@code qrepo-NAME-SEQ-GENERATION-NONCE}
 */
public record ParcelName(String value) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern FORM =
      Pattern.compile("qrepo-[A-Za-z0-9@._+-]{1,128}-[0-9]{1,16}-[0-9a-f]{16}-[0-9a-f]{8}");

  public ParcelName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("'" + value + "' is not the name of a parcel");
    }
  }

  /** A name that no parcel had before. */
  public static ParcelName fresh(RepositoryName repository, Plan.Base head) {
    byte[] nonce = new byte[4];
    RANDOM.nextBytes(nonce);
    return new ParcelName(stem(repository, head) + HexFormat.of().formatHex(nonce));
  }

  private static String stem(RepositoryName repository, Plan.Base head) {
    return "qrepo-" + repository + "-" + head.sequence() + "-" + head.generation() + "-";
  }

  /** Whether a parcel of this repository and generation may have it. */
  boolean isOf(RepositoryName repository, Plan.Base head) {
    return value.startsWith(stem(repository, head));
  }

  @Override
  public String toString() {
    return value;
  }
}
