package org.qrepo.sign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.sign.CertifiedKey.Binding;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PublicKeyPacket;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * What a certificate says of itself, once its signatures are tested. Of several statements the
 * newest in force counts; one on the key itself goes before those on user ids; a revocation counts
 * whatever its date, as it does for GnuPG.
 */
final class SelfSignatures {
  private static final int FLAG_CERTIFY = 0x01;
  private static final int FLAG_SIGN = 0x02;

  private record TestedIdentity(Packet packet, List<Statement> statements) {
    Optional<Statement> certification(Instant now) {
      Optional<Statement> newest =
          Statement.newest(statements, now, SignatureType::isCertification);
      boolean revoked =
          statements.stream()
              .filter(s -> s.signature().type() == SignatureType.CERTIFICATION_REVOCATION)
              .anyMatch(r -> newest.filter(n -> n.created().isAfter(r.created())).isEmpty());
      return revoked ? Optional.empty() : newest;
    }
  }

  private record TestedSubkey(PublicKeyPacket packet, List<Statement> statements) {
    Optional<Statement> binding(Instant now) {
      return Statement.newest(statements, now, t -> t == SignatureType.SUBKEY_BINDING);
    }

    boolean revoked() {
      return statements.stream()
          .anyMatch(s -> s.signature().type() == SignatureType.SUBKEY_REVOCATION);
    }
  }

  private final PublicKeyPacket primary;
  private final List<Statement> direct;
  private final List<TestedIdentity> identities;
  private final List<TestedSubkey> subkeys;

  private SelfSignatures(
      PublicKeyPacket primary,
      List<Statement> direct,
      List<TestedIdentity> identities,
      List<TestedSubkey> subkeys) {
    this.primary = primary;
    this.direct = direct;
    this.identities = identities;
    this.subkeys = subkeys;
  }

  static SelfSignatures test(
      PublicKeyPacket primary,
      List<Packet> direct,
      List<Certificate.Identity> identities,
      List<Certificate.Subkey> subkeys) {
    return new SelfSignatures(
        primary,
        Statement.by(primary, direct, KeySignature.overKey(primary)),
        identities.stream().map(i -> test(primary, i)).toList(),
        subkeys.stream().map(s -> test(primary, s)).toList());
  }

  private static TestedIdentity test(PublicKeyPacket primary, Certificate.Identity identity) {
    byte[] signed = KeySignature.overIdentity(primary, identity.packet());
    return new TestedIdentity(
        identity.packet(), Statement.by(primary, identity.signatures(), signed));
  }

  private static TestedSubkey test(PublicKeyPacket primary, Certificate.Subkey subkey) {
    byte[] signed = KeySignature.overSubkey(primary, subkey.packet());
    return new TestedSubkey(subkey.packet(), Statement.by(primary, subkey.signatures(), signed));
  }

  boolean revoked() {
    return direct.stream().anyMatch(s -> s.signature().type() == SignatureType.KEY_REVOCATION);
  }

  /** The main one first: the newest that is marked so, then the others, newest first. */
  List<Packet> userIds(Instant now) {
    return identities.stream()
        .filter(i -> i.packet.tag() == Packet.USER_ID && i.certification(now).isPresent())
        .sorted(
            Comparator.comparing((TestedIdentity i) -> !primaryMark(i, now))
                .thenComparing(i -> certified(i, now), Comparator.reverseOrder()))
        .map(TestedIdentity::packet)
        .toList();
  }

  private static boolean primaryMark(TestedIdentity identity, Instant now) {
    return identity.certification(now).filter(s -> s.signature().primaryUserId()).isPresent();
  }

  private static Instant certified(TestedIdentity identity, Instant now) {
    return identity.certification(now).map(Statement::created).orElse(Instant.MIN);
  }

  List<CertifiedKey> keys(Instant now) {
    List<CertifiedKey> keys = new ArrayList<>();
    CertifiedKey first = primaryKey(now);
    keys.add(first);
    subkeys.forEach(s -> keys.add(subkey(s, first, now)));
    return List.copyOf(keys);
  }

  /** Whether the primary key may certify the user ids of others. */
  boolean certifies(Instant now) {
    return may(FLAG_CERTIFY, aboutPrimary(now));
  }

  /** What it says of its primary key, what counts most first. */
  private List<Statement> aboutPrimary(Instant now) {
    List<Statement> onKey = directStatement(now).stream().toList();
    List<Statement> onIds =
        identities.stream()
            .flatMap(i -> i.certification(now).stream())
            .sorted(Comparator.comparing(Statement::created).reversed())
            .toList();
    return Stream.concat(onKey.stream(), onIds.stream()).toList();
  }

  private CertifiedKey primaryKey(Instant now) {
    List<Statement> inOrder = aboutPrimary(now);
    return new CertifiedKey(
        primary,
        true,
        inOrder.isEmpty() ? Binding.UNBOUND : Binding.BOUND,
        may(FLAG_SIGN, inOrder),
        inOrder.stream()
            .filter(s -> s.signature().statesKeyValidity())
            .findFirst()
            .flatMap(s -> s.keyExpiry(primary)),
        revoked());
  }

  private Optional<Statement> directStatement(Instant now) {
    return Statement.newest(direct, now, t -> t == SignatureType.DIRECT_KEY);
  }

  private static CertifiedKey subkey(TestedSubkey subkey, CertifiedKey primary, Instant now) {
    Optional<Statement> binding = subkey.binding(now);
    boolean signs = binding.filter(b -> may(FLAG_SIGN, List.of(b))).isPresent();
    Optional<Instant> own = binding.flatMap(b -> b.keyExpiry(subkey.packet));
    return new CertifiedKey(
        subkey.packet,
        false,
        binding.map(b -> consent(subkey, primary, b, signs)).orElse(Binding.UNBOUND),
        signs,
        Stream.concat(own.stream(), primary.expires().stream()).min(Comparator.naturalOrder()),
        primary.revoked() || subkey.revoked());
  }

  /** Keys without flags may do what their algorithm can. */
  private static boolean may(int flag, List<Statement> inOrder) {
    return inOrder.stream()
        .flatMap(s -> s.signature().keyFlags().stream())
        .findFirst()
        .map(flags -> (flags & flag) != 0)
        .orElse(true);
  }

  private static Binding consent(
      TestedSubkey subkey, CertifiedKey primary, Statement binding, boolean signs) {
    if (primary.binding() != Binding.BOUND) {
      return Binding.UNBOUND;
    }
    return !signs || consents(subkey.packet, primary.packet(), binding)
        ? Binding.BOUND
        : Binding.WITHOUT_CONSENT;
  }

  private static boolean consents(
      PublicKeyPacket subkey, PublicKeyPacket primary, Statement binding) {
    try {
      byte[] signed = KeySignature.overSubkey(primary, subkey);
      for (SignaturePacket inner : binding.signature().embedded()) {
        if (inner.type() == SignatureType.PRIMARY_KEY_BINDING
            && KeySignature.isBy(subkey, inner, signed)) {
          return true;
        }
      }
      return false;
    } catch (PacketException e) {
      return false;
    }
  }

  List<Packet> minimal(Instant now) {
    List<Packet> out = new ArrayList<>();
    out.add(new Packet(Packet.PUBLIC_KEY, primary.body()));
    addRevocations(out, direct, SignatureType.KEY_REVOCATION);
    directStatement(now).ifPresent(s -> out.add(s.packet()));
    for (Packet id : userIds(now)) {
      out.add(id);
      identities.stream()
          .filter(i -> i.packet.equals(id))
          .findFirst()
          .flatMap(i -> i.certification(now))
          .ifPresent(s -> out.add(s.packet()));
    }
    for (TestedSubkey subkey : subkeys) {
      subkey.binding(now).ifPresent(s -> addSubkey(out, subkey, s));
    }
    return List.copyOf(out);
  }

  private static void addSubkey(List<Packet> out, TestedSubkey subkey, Statement binding) {
    out.add(new Packet(Packet.PUBLIC_SUBKEY, subkey.packet.body()));
    addRevocations(out, subkey.statements, SignatureType.SUBKEY_REVOCATION);
    out.add(binding.packet());
  }

  private static void addRevocations(List<Packet> out, List<Statement> all, int type) {
    all.stream().filter(s -> s.signature().type() == type).forEach(s -> out.add(s.packet()));
  }
}
