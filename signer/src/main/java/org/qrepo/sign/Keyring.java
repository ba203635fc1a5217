package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PublicKeyPacket;

/** Public certificates, as they lie in key files and pacman's keyring packages. */
public final class Keyring {
  /**
   * The most that is read of one file, in bytes; a whole distribution's keyring has two million.
   */
  public static final int MAX_FILE = 16 << 20;

  private static final int MAX_PACKETS = 500_000;

  private final Map<Fingerprint, Certificate> certificates;
  private final Map<String, List<Holder>> byKeyId = new LinkedHashMap<>();

  /** A key and the certificate it is in. */
  record Holder(Certificate certificate, PublicKeyPacket key) {}

  private Keyring(Map<Fingerprint, Certificate> certificates) {
    this.certificates = certificates;
    for (Certificate certificate : certificates.values()) {
      for (PublicKeyPacket key : certificate.packets()) {
        byKeyId
            .computeIfAbsent(key.keyId(), k -> new ArrayList<>())
            .add(new Holder(certificate, key));
      }
    }
  }

  /** Copies of one certificate are put together. */
  public static Keyring of(Collection<Certificate> certificates) {
    Map<Fingerprint, Certificate> all = new LinkedHashMap<>();
    certificates.forEach(c -> all.merge(c.fingerprint(), c, Certificate::merge));
    return new Keyring(all);
  }

  public static Keyring of(Certificate... certificates) {
    return of(List.of(certificates));
  }

  /**
   * Reads an armored or binary file of certificates; of secret keys their public halves.
   *
   * @throws RefusedException if it holds no certificate that can be read
   */
  public static Keyring read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(file.toString(), in.readNBytes(MAX_FILE + 1));
    }
  }

  /**
   * As {@link #read}, from bytes at hand.
   *
   * @param name what messages call the bytes
   */
  public static Keyring parse(String name, byte[] bytes) {
    try {
      CertificateParts.Read read = parts(bytes);
      if (read.certificates().isEmpty()) {
        String reason =
            read.passedOver().isEmpty() ? "holds no key" : String.join("; ", read.passedOver());
        throw refused(name, reason);
      }
      return of(read.certificates());
    } catch (PacketException e) {
      throw refused(name, e.reason());
    }
  }

  static CertificateParts.Read parts(byte[] bytes) throws PacketException {
    if (bytes.length > MAX_FILE) {
      throw new PacketException(
          PacketException.Kind.TOO_MANY, MAX_FILE, "larger than " + MAX_FILE + " bytes");
    }
    return CertificateParts.read(Packet.readAll(dearmored(bytes), MAX_PACKETS));
  }

  private static byte[] dearmored(byte[] bytes) throws PacketException {
    if (!Armor.isArmored(bytes)) {
      return bytes;
    }
    try {
      return Armor.decode(bytes, Armor.Block.PUBLIC_KEY, false);
    } catch (PacketException e) {
      if (e.kind() != PacketException.Kind.NOT_A_PACKET) {
        throw e;
      }
      return Armor.decode(bytes, Armor.Block.PRIVATE_KEY, false);
    }
  }

  private static RefusedException refused(String name, String reason) {
    return new RefusedException(
        Finding.of(
            "keyring-unreadable",
            name,
            "not a file of OpenPGP certificates: " + reason,
            "Export the certificate with: gpg --export FINGERPRINT > FILE"));
  }

  /** In the order read. */
  public List<Certificate> certificates() {
    return List.copyOf(certificates.values());
  }

  /** The certificate that has this key, as its primary key or as a subkey. */
  public Optional<Certificate> find(Fingerprint key) {
    Optional<Certificate> primary = Optional.ofNullable(certificates.get(key));
    return primary.isPresent()
        ? primary
        : holders(key).stream().map(Holder::certificate).findFirst();
  }

  /** This and another keyring together. */
  public Keyring with(Keyring other) {
    return of(
        Stream.concat(certificates.values().stream(), other.certificates.values().stream())
            .toList());
  }

  List<Holder> holders(Fingerprint key) {
    return holders(key.hex().substring(24)).stream()
        .filter(h -> h.key().fingerprint().equals(key))
        .toList();
  }

  List<Holder> holders(String keyId) {
    return List.copyOf(byKeyId.getOrDefault(keyId, List.of()));
  }
}
