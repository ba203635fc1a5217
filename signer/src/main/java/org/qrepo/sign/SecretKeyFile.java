package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PrivateKey;
import org.qrepo.sign.openpgp.PublicKeyPacket;
import org.qrepo.sign.openpgp.SecretKeyPacket;

/**
 * A file of secret keys as {@code gpg --export-secret-keys} or {@code --export-secret-subkeys}
 * writes it, armored or binary. Reading it unlocks nothing.
 */
public final class SecretKeyFile {
  /** The most that is read of one file, in bytes. */
  public static final int MAX_FILE = 4 << 20;

  private static final int MAX_PACKETS = 20_000;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final String name;
  private final Keyring keyring;
  private final Map<Fingerprint, SecretKeyPacket> secrets;
  private final List<Finding> warnings;

  private SecretKeyFile(
      String name,
      Keyring keyring,
      Map<Fingerprint, SecretKeyPacket> secrets,
      List<Finding> warnings) {
    this.name = name;
    this.keyring = keyring;
    this.secrets = Map.copyOf(secrets);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a key file.
   *
   * @throws SigningException if it cannot be read or holds no secret key
   */
  public static SecretKeyFile read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(file.toString(), in.readNBytes(MAX_FILE + 1), permissionWarning(file));
    } catch (IOException e) {
      throw new SigningException("key file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * As {@link #read}, from bytes at hand.
   *
   * @param name what messages call the bytes
   */
  public static SecretKeyFile parse(String name, byte[] bytes) {
    return parse(name, bytes, List.of());
  }

  private static SecretKeyFile parse(String name, byte[] bytes, List<Finding> warnings) {
    if (bytes.length > MAX_FILE) {
      throw unreadable(name, "larger than " + MAX_FILE + " bytes");
    }
    CertificateParts.Read read;
    try {
      boolean armored = Armor.isArmored(bytes);
      byte[] binary = armored ? Armor.decode(bytes, Armor.Block.PRIVATE_KEY, false) : bytes;
      read = CertificateParts.read(Packet.readAll(binary, MAX_PACKETS));
    } catch (PacketException e) {
      throw unreadable(name, e.reason());
    }
    if (read.secrets().isEmpty()) {
      String reason =
          read.passedOver().isEmpty()
              ? "no secret key in it"
              : String.join("; ", read.passedOver());
      throw unreadable(name, reason);
    }
    Map<Fingerprint, SecretKeyPacket> secrets = new LinkedHashMap<>();
    read.secrets()
        .forEach(s -> secrets.merge(s.publicHalf().fingerprint(), s, SecretKeyFile::better));
    return new SecretKeyFile(name, Keyring.of(read.certificates()), secrets, warnings);
  }

  /** Of two copies of a key, the one that has the numbers. */
  private static SecretKeyPacket better(SecretKeyPacket one, SecretKeyPacket other) {
    return hasNumbers(one) ? one : other;
  }

  private static SigningException unreadable(String name, String reason) {
    return new SigningException(
        Finding.of(
            "key-file-unreadable",
            name,
            "not a file of OpenPGP secret keys: " + reason,
            "Export the key with: gpg --export-secret-keys --armor FINGERPRINT > FILE"));
  }

  private static List<Finding> permissionWarning(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null || view.readAttributes().permissions().stream().noneMatch(OTHERS::contains)) {
      return List.of();
    }
    return List.of(
        Finding.of(
            "key-file-open",
            file.toString(),
            "other users can read or write this secret key",
            "Close it: chmod 600 " + file));
  }

  /** The public halves, from which {@code key export} is made. */
  public Keyring keyring() {
    return keyring;
  }

  /** That other users can read it, if so. */
  public List<Finding> warnings() {
    return warnings;
  }

  /**
   * Chooses the key to sign with and unlocks it.
   *
   * @param wanted the fingerprint of a primary key, then its newest usable signing subkey is taken
   *     before itself, as gpg does; or of exactly one subkey; may be empty if the file holds one
   *     certificate
   * @param passphrase asked once, and only if the chosen key is protected
   * @param clock gives the time of signatures
   * @throws SigningException with the reason why there is no such key or why it is refused
   */
  public KeyFileSigner signer(
      Optional<Fingerprint> wanted, Passphrase passphrase, InstantSource clock) {
    Instant now = clock.instant();
    Certificate certificate = certificate(wanted, now);
    CertifiedKey key = new KeyChoice(name, certificate, this::withoutSecret).choose(wanted, now);
    SecretKeyPacket secret = secrets.get(key.fingerprint());
    if (secret == null) {
      throw new IllegalStateException("chosen without its secret half");
    }
    return new KeyFileSigner(
        name,
        certificate,
        key,
        new Unlocking(name, passphrase).unlock(secret, certificate, now),
        warnings,
        clock);
  }

  /** A primary key that may certify others. */
  record UnlockedPrimary(PublicKeyPacket packet, PrivateKey key) {}

  /**
   * Unlocks the primary key of a certificate.
   *
   * @param wanted the certificate, or one of its keys; may be empty if the file holds one
   * @throws SigningException if it is not in this file
   */
  UnlockedPrimary primary(Optional<Fingerprint> wanted, Passphrase passphrase, Instant now) {
    Certificate certificate = certificate(wanted, now);
    SecretKeyPacket secret = secrets.get(certificate.fingerprint());
    if (secret == null || !hasNumbers(secret)) {
      throw CrossSignature.withoutPrimary(
          name, secret == null ? SecretKeyPacket.Protection.ABSENT : secret.protection());
    }
    return new UnlockedPrimary(
        certificate.primary(), new Unlocking(name, passphrase).unlock(secret, certificate, now));
  }

  private Optional<Finding> withoutSecret(CertifiedKey key) {
    SecretKeyPacket secret = secrets.get(key.fingerprint());
    if (secret != null && hasNumbers(secret)) {
      return Optional.empty();
    }
    boolean card = secret != null && secret.protection() == SecretKeyPacket.Protection.CARD;
    return Optional.of(
        Finding.of(
            "key-secret-missing",
            name,
            "the secret half of key "
                + key.fingerprint()
                + (card ? " is on a smartcard" : " is not in this file"),
            card
                ? "Sign through the local gpg: signing.backend: gpg"
                : "Export it where it is: gpg --export-secret-keys " + key.fingerprint()));
  }

  private Certificate certificate(Optional<Fingerprint> wanted, Instant now) {
    if (wanted.isPresent()) {
      return keyring
          .find(wanted.get())
          .orElseThrow(() -> notHere("no key " + wanted.get() + " in it", now));
    }
    if (keyring.certificates().size() != 1) {
      throw notHere("several keys are in it, and none was named", now);
    }
    return keyring.certificates().get(0);
  }

  private SigningException notHere(String reason, Instant now) {
    List<String> details = new ArrayList<>(List.of("It holds:"));
    keyring.certificates().forEach(c -> details.add("  " + c.fingerprint() + " " + c.userIds(now)));
    details.add("Name the key by its full fingerprint.");
    return new SigningException(new Finding("key-not-in-file", name, reason, details));
  }

  static boolean hasNumbers(SecretKeyPacket secret) {
    return switch (secret.protection()) {
      case NONE, PASSPHRASE, EXCESSIVE -> true;
      case ABSENT, CARD -> false;
    };
  }
}
