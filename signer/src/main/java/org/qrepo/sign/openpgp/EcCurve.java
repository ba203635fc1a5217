package org.qrepo.sign.openpgp;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.qrepo.io.HashAlgorithm;

/** The curves for ECDSA that GnuPG knows. */
enum EcCurve {
  NISTP256("nistp256", "secp256r1", "2A8648CE3D030107", 256),
  NISTP384("nistp384", "secp384r1", "2B81040022", 384),
  NISTP521("nistp521", "secp521r1", "2B81040023", 521),
  BRAINPOOLP256("brainpoolP256r1", "brainpoolP256r1", "2B2403030208010107", 256),
  BRAINPOOLP384("brainpoolP384r1", "brainpoolP384r1", "2B240303020801010B", 384),
  BRAINPOOLP512("brainpoolP512r1", "brainpoolP512r1", "2B240303020801010D", 512),
  SECP256K1("secp256k1", "secp256k1", "2B8104000A", 256);

  private final String gnupgName;
  private final String standardName;
  private final String oid;
  private final int bits;

  EcCurve(String gnupgName, String standardName, String oid, int bits) {
    this.gnupgName = gnupgName;
    this.standardName = standardName;
    this.oid = oid;
    this.bits = bits;
  }

  static Optional<EcCurve> byOid(byte[] oid) {
    return Arrays.stream(values()).filter(c -> Arrays.equals(c.oid(), oid)).findFirst();
  }

  String gnupgName() {
    return gnupgName;
  }

  byte[] oid() {
    return HexFormat.of().parseHex(oid);
  }

  int bits() {
    return bits;
  }

  /** The shortest digest that GnuPG accepts with keys of this curve. */
  HashAlgorithm hash() {
    if (bits <= 256) {
      return HashAlgorithm.SHA256;
    }
    return bits <= 384 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA512;
  }

  ECDomainParameters domain() {
    X9ECParameters named = CustomNamedCurves.getByName(standardName);
    X9ECParameters found =
        named == null ? org.bouncycastle.asn1.x9.ECNamedCurveTable.getByName(standardName) : named;
    return new ECDomainParameters(found);
  }
}
