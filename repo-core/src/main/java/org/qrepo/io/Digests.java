package org.qrepo.io;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * Running digests over one stream of bytes. Asking for a digest does not end it: the state that
 * gives the checksum of a file is cloned and goes on to give its OpenPGP signature digest, so that
 * a file is hashed once. Not safe for use by several threads at a time.
 */
public final class Digests {
  private final Map<HashAlgorithm, MessageDigest> states = new EnumMap<>(HashAlgorithm.class);

  /** SHA-256, which everything needs, and {@code more}. */
  public Digests(Collection<HashAlgorithm> more) {
    states.put(HashAlgorithm.SHA256, HashAlgorithm.SHA256.newDigest());
    more.forEach(a -> states.computeIfAbsent(a, HashAlgorithm::newDigest));
  }

  /** SHA-256 alone. */
  public Digests() {
    this(Set.of());
  }

  /** The digests of a whole stream, read to its end; the stream is left open. */
  public static Digests of(InputStream in, Collection<HashAlgorithm> more) throws IOException {
    Digests digests = new Digests(more);
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digests.update(buffer, 0, n);
    }
    return digests;
  }

  public static Digests of(byte[] bytes, Collection<HashAlgorithm> more) {
    Digests digests = new Digests(more);
    digests.update(bytes, 0, bytes.length);
    return digests;
  }

  public void update(byte[] bytes, int offset, int length) {
    for (MessageDigest state : states.values()) {
      state.update(bytes, offset, length);
    }
  }

  public boolean has(HashAlgorithm algorithm) {
    return states.containsKey(algorithm);
  }

  /**
   * The digest of the bytes so far followed by {@code trailer}.
   *
   * @throws IllegalArgumentException if the algorithm was not asked for at the start
   */
  public byte[] digestWith(HashAlgorithm algorithm, byte[] trailer) {
    MessageDigest state = states.get(algorithm);
    if (state == null) {
      throw new IllegalArgumentException(algorithm + " was not computed");
    }
    try {
      MessageDigest copy = (MessageDigest) state.clone();
      copy.update(trailer);
      return copy.digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java cannot copy a running " + algorithm, e);
    }
  }

  /** The checksum of the bytes so far, in lower-case hex. */
  public String hex(HashAlgorithm algorithm) {
    return HexFormat.of().formatHex(digestWith(algorithm, new byte[0]));
  }

  public Sha256 sha256() {
    return new Sha256(hex(HashAlgorithm.SHA256));
  }
}
