package org.qrepo.sign;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.qrepo.sign.openpgp.Armor;

/** Binary OpenPGP data as text. */
public final class Armoring {
  private Armoring() {}

  /** One or more certificates, one after the other, in one block. */
  public static String certificates(byte[] binary) {
    return new String(
        Armor.encode(binary, Armor.Block.PUBLIC_KEY, List.of()), StandardCharsets.US_ASCII);
  }
}
