package org.qrepo.sign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PublicKeyPacket;

/**
 * A public certificate: a primary key, who it says to belong to, and its subkeys. What counts here
 * is only what the primary key itself signed; what others say of it is asked of {@link
 * Certification}.
 */
public final class Certificate {
  /** A user id or attribute and the signatures on it. */
  record Identity(Packet packet, List<Packet> signatures) {
    Identity {
      signatures = List.copyOf(signatures);
    }
  }

  /** A subkey and the signatures on it. */
  record Subkey(PublicKeyPacket packet, List<Packet> signatures) {
    Subkey {
      signatures = List.copyOf(signatures);
    }
  }

  private final PublicKeyPacket primary;
  private final List<Packet> direct;
  private final List<Identity> identities;
  private final List<Subkey> subkeys;
  private volatile @Nullable SelfSignatures tested;

  Certificate(
      PublicKeyPacket primary,
      List<Packet> direct,
      List<Identity> identities,
      List<Subkey> subkeys) {
    this.primary = primary;
    this.direct = List.copyOf(direct);
    this.identities = List.copyOf(identities);
    this.subkeys = List.copyOf(subkeys);
  }

  /** The fingerprint of the primary key, by which the certificate is known. */
  public Fingerprint fingerprint() {
    return primary.fingerprint();
  }

  /** The kind of the primary key, as GnuPG names it: {@code rsa4096}, {@code ed25519}. */
  public String algorithm() {
    return primary.key().name();
  }

  /** The length of the primary key. */
  public int bits() {
    return primary.key().bits();
  }

  public Instant created() {
    return primary.created();
  }

  /** When the primary key expires; empty for never. */
  public Optional<Instant> expires(Instant now) {
    return keys(now).get(0).expires();
  }

  public boolean revoked() {
    return tested().revoked();
  }

  /**
   * The user ids that the key itself certifies and has not revoked, the main one first; control
   * characters are escaped.
   */
  public List<String> userIds(Instant now) {
    return tested().userIds(now).stream().map(i -> Display.text(i.body())).toList();
  }

  /** The primary key first, then the subkeys in their order. */
  public List<CertifiedKey> keys(Instant now) {
    return tested().keys(now);
  }

  /** The keys whose signatures clients accept now. */
  public List<CertifiedKey> signingKeys(Instant now) {
    return keys(now).stream().filter(k -> k.usable(now)).toList();
  }

  /**
   * The key to sign with where the secret keys are not at hand to look at.
   *
   * @param holder who has them, for findings
   * @param wanted the fingerprint of this certificate, then its newest signing subkey is taken
   *     before the primary key, as gpg does; or of exactly one of its keys
   * @throws org.qrepo.publish.SigningException with the reason if none may sign now
   */
  public CertifiedKey signingKey(String holder, Fingerprint wanted, Instant now) {
    return new KeyChoice(holder, this, key -> Optional.empty()).choose(Optional.of(wanted), now);
  }

  /** How people know it: main user id and fingerprint. */
  public String description(Instant now) {
    return userIds(now).stream().findFirst().map(id -> "'" + id + "' ").orElse("")
        + fingerprint().grouped();
  }

  /**
   * What clients need: keys, user ids, and the key's own statements on them that are in force.
   * Signatures by others, photos and what is superseded are left out.
   */
  public byte[] export(Instant now) {
    return Packet.encode(tested().minimal(now));
  }

  /**
   * {@link #export} with the certifications by some others on the user ids: where a client trusts
   * one of them to certify, it trusts this certificate.
   */
  public byte[] export(Instant now, List<Certificate> endorsers) {
    List<Packet> packets = new ArrayList<>();
    List<Packet> own = minimal(now);
    for (int i = 0; i < own.size(); i++) {
      packets.add(own.get(i));
      Packet before = own.get(Math.max(i - 1, 0));
      if (before.tag() == Packet.USER_ID && own.get(i).tag() == Packet.SIGNATURE) {
        identities.stream()
            .filter(identity -> identity.packet().equals(before))
            .forEach(identity -> packets.addAll(CrossSignature.by(endorsers, this, identity)));
      }
    }
    return Packet.encode(packets);
  }

  /** {@link #export} as text. */
  public String armored(Instant now) {
    byte[] armored = Armor.encode(export(now), Armor.Block.PUBLIC_KEY, List.of());
    return new String(armored, java.nio.charset.StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "certificate " + fingerprint();
  }

  /** The packets of {@link #export}: a user id is followed by the key's own certification. */
  List<Packet> minimal(Instant now) {
    return tested().minimal(now);
  }

  List<Identity> identities() {
    return identities;
  }

  /** Those of {@link #userIds}, with all signatures on them. */
  List<Identity> ownIdentities(Instant now) {
    List<Packet> own = tested().userIds(now);
    return identities.stream().filter(i -> own.contains(i.packet())).toList();
  }

  /** Whether its owner lets the primary key certify the user ids of others. */
  boolean certifies(Instant now) {
    return tested().certifies(now);
  }

  PublicKeyPacket primary() {
    return primary;
  }

  List<PublicKeyPacket> packets() {
    List<PublicKeyPacket> all = new ArrayList<>(List.of(primary));
    subkeys.forEach(s -> all.add(s.packet()));
    return all;
  }

  /** Two copies of one certificate put together: a revocation in either of them counts. */
  Certificate merge(Certificate other) {
    return new Certificate(
        primary,
        union(direct, other.direct),
        mergeParts(
            identities, other.identities, Identity::packet, Identity::signatures, Identity::new),
        mergeParts(
            subkeys,
            other.subkeys,
            s -> s.packet().fingerprint(),
            Subkey::signatures,
            (key, sigs) -> new Subkey(packet(other, key), sigs)));
  }

  private PublicKeyPacket packet(Certificate other, Fingerprint wanted) {
    List<PublicKeyPacket> all = new ArrayList<>(packets());
    all.addAll(other.packets());
    return all.stream().filter(p -> p.fingerprint().equals(wanted)).findFirst().orElseThrow();
  }

  private static <T, K> List<T> mergeParts(
      List<T> ours,
      List<T> theirs,
      Function<T, K> name,
      Function<T, List<Packet>> signatures,
      java.util.function.BiFunction<K, List<Packet>, T> make) {
    Map<K, List<Packet>> all = new LinkedHashMap<>();
    List<T> both = new ArrayList<>(ours);
    both.addAll(theirs);
    both.forEach(t -> all.merge(name.apply(t), signatures.apply(t), Certificate::union));
    List<T> merged = new ArrayList<>();
    all.forEach((k, s) -> merged.add(make.apply(k, s)));
    return merged;
  }

  private static List<Packet> union(List<Packet> ours, List<Packet> theirs) {
    Set<Packet> all = new LinkedHashSet<>(ours);
    all.addAll(theirs);
    return List.copyOf(all);
  }

  private SelfSignatures tested() {
    SelfSignatures known = tested;
    if (known == null) {
      known = SelfSignatures.test(primary, direct, identities, subkeys);
      tested = known;
    }
    return known;
  }
}
