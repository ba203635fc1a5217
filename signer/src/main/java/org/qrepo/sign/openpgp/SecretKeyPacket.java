package org.qrepo.sign.openpgp;

import java.util.Arrays;
import java.util.Optional;

/**
 * A secret key or subkey as it lies in a file: public half, protection, and the numbers, which stay
 * encrypted until {@link #unlock} is called.
 */
public final class SecretKeyPacket {
  private static final int USAGE_AEAD = 253;
  private static final int S2K_ARGON2 = 4;
  private static final int S2K_GNU = 101;
  private static final int GNU_CARD = 2;
  private static final int ARGON2_LARGEST_MEMORY = 21;
  private static final int ARGON2_MOST_PASSES = 32;

  /** How the numbers are kept. */
  public enum Protection {
    NONE,
    PASSPHRASE,
    /** They are not in this file: an offline primary key. */
    ABSENT,
    /** They are on a smartcard. */
    CARD,
    /** Deriving the key from the passphrase would take more than any honest file asks for. */
    EXCESSIVE
  }

  private final Packet packet;
  private final PublicKeyPacket publicHalf;
  private final Protection protection;

  private SecretKeyPacket(Packet packet, PublicKeyPacket publicHalf, Protection protection) {
    this.packet = packet;
    this.publicHalf = publicHalf;
    this.protection = protection;
  }

  /** Reads a secret key or subkey packet. */
  public static SecretKeyPacket parse(Packet packet) throws PacketException {
    byte[] body = packet.body();
    PublicKeyPacket publicHalf = PublicKeyPacket.parseLeading(body);
    int start = publicHalf.body().length;
    Protection protection =
        protection(new ByteReader(Arrays.copyOfRange(body, start, body.length)));
    return new SecretKeyPacket(packet, publicHalf, protection);
  }

  private static Protection protection(ByteReader in) throws PacketException {
    int usage = in.u8();
    if (usage == 0) {
      return Protection.NONE;
    }
    if (usage < USAGE_AEAD) {
      return Protection.PASSPHRASE;
    }
    in.u8();
    if (usage == USAGE_AEAD) {
      in.u8();
    }
    return switch (in.u8()) {
      case S2K_GNU -> gnu(in);
      case S2K_ARGON2 -> argon2(in);
      default -> Protection.PASSPHRASE;
    };
  }

  private static Protection gnu(ByteReader in) throws PacketException {
    in.bytes(4);
    return in.u8() == GNU_CARD ? Protection.CARD : Protection.ABSENT;
  }

  private static Protection argon2(ByteReader in) throws PacketException {
    in.bytes(16);
    int passes = in.u8();
    int lanes = in.u8();
    int memory = in.u8();
    boolean fair =
        passes >= 1
            && passes <= ARGON2_MOST_PASSES
            && lanes >= 1
            && memory >= 3
            && memory <= ARGON2_LARGEST_MEMORY;
    return fair ? Protection.PASSPHRASE : Protection.EXCESSIVE;
  }

  /** The public half. */
  public PublicKeyPacket publicHalf() {
    return publicHalf;
  }

  public Protection protection() {
    return protection;
  }

  /**
   * The numbers.
   *
   * @param passphrase empty for keys without protection; not wiped here
   * @return empty if the passphrase does not fit, or the numbers are damaged
   * @throws PacketException of kind UNSUPPORTED for keys that cannot sign
   */
  public Optional<PrivateKey> unlock(char[] passphrase) throws PacketException {
    byte[] body = packet.body();
    int start = publicHalf.body().length + 1;
    try {
      Optional<byte[]> numbers =
          protection == Protection.NONE
              ? SecretNumbers.unprotected(Arrays.copyOfRange(body, start, body.length))
              : ProtectedNumbers.unlock(packet, passphrase);
      return numbers.isPresent()
          ? Optional.of(SecretNumbers.privateKey(publicHalf.key(), numbers.get()))
          : Optional.empty();
    } catch (PacketException e) {
      if (e.kind() == PacketException.Kind.UNSUPPORTED) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
