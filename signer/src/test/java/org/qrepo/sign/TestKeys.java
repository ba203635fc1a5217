package org.qrepo.sign;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.sign.openpgp.NewKeyPair;

/** Keys for tests, made when they are needed; nothing secret is ever stored in the sources. */
public final class TestKeys {
  private static final UserId OWNER = new UserId("Test Publisher <publisher@example.org>");

  private TestKeys() {}

  /** To the second, as OpenPGP states times. */
  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Made in an earlier second of today, so that no clock finds them too new. */
  private static Instant created() {
    return now().minus(1, ChronoUnit.HOURS);
  }

  /** A new ed25519 key without a passphrase; takes a millisecond. */
  public static NewKey ed25519() {
    return ed25519(Optional.empty(), Optional.empty());
  }

  public static NewKey ed25519(Optional<char[]> passphrase, Optional<Instant> expiry) {
    return NewKey.generate(OWNER, KeyAlgorithm.ED25519, passphrase, expiry, created());
  }

  /** The same RSA key of 2048 bits for the whole run. */
  public static NewKey rsa2048() {
    return Rsa2048.KEY;
  }

  /** The same RSA key of 4096 bits for the whole run; the first call takes seconds. */
  public static NewKey rsa4096() {
    return Rsa4096.KEY;
  }

  private static NewKey rsa(int bits) {
    NewKeyPair pair = NewKeyPair.rsa(bits, created(), new SecureRandom());
    return NewKey.certify(pair, OWNER, Optional.empty(), Optional.empty());
  }

  /** A signer with a key that has no passphrase. */
  public static KeyFileSigner signer(NewKey key) {
    return signer(key, InstantSource.system());
  }

  public static KeyFileSigner signer(NewKey key, InstantSource clock) {
    return SecretKeyFile.parse("test key", key.secretKey())
        .signer(Optional.empty(), noPassphrase(), clock);
  }

  /** A verifier that allows exactly these keys. */
  public static KeyringVerifier verifier(NewKey... keys) {
    Set<Fingerprint> allowed =
        Arrays.stream(keys).map(NewKey::fingerprint).collect(Collectors.toSet());
    return new KeyringVerifier(keyring(keys), allowed, InstantSource.system());
  }

  public static Keyring keyring(NewKey... keys) {
    return Keyring.of(Arrays.stream(keys).map(TestKeys::certificate).toList());
  }

  public static Certificate certificate(NewKey key) {
    byte[] armored = key.certificate().getBytes(StandardCharsets.US_ASCII);
    return Keyring.parse("test key", armored).certificates().get(0);
  }

  /** For keys that have none. */
  public static Passphrase noPassphrase() {
    return key -> {
      throw new AssertionError("asked for the passphrase of " + key);
    };
  }

  /** Bytes to sign. */
  public static Signable signable(String name, byte[] bytes) {
    return Signable.of(name, bytes);
  }

  private static final class Rsa2048 {
    static final NewKey KEY = rsa(2048);
  }

  private static final class Rsa4096 {
    static final NewKey KEY = rsa(4096);
  }
}
