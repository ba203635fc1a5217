package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.qrepo.alpm.PackageFileName;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * The {@code desc} of a package, written. Empty values are left out, as an empty line would end the
 * field for clients; where clients compare the field with the package's own, an empty value is
 * refused instead, for no entry can match it.
 */
record Description(
    PackageInfo info,
    String fileName,
    long compressedSize,
    Digests digests,
    Optional<byte[]> signature,
    DescOptions options) {
  /** The longest signature that clients and repo-add take from an entry, in bytes. */
  private static final int MAX_SIGNATURE = 16384;

  EntryDirectory directory() {
    return new EntryDirectory(info.name(), info.version());
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    for (DescField field : DescField.values()) {
      List<String> values = values(field);
      if (!values.isEmpty()) {
        out.writeBytes(("%" + field + "%\n").getBytes(UTF_8));
        values.forEach(v -> out.writeBytes((checked(field, v) + "\n").getBytes(UTF_8)));
        out.write('\n');
      }
    }
    return out.toByteArray();
  }

  private List<String> values(DescField field) {
    if (field.isMeasured()) {
      return measured(field).stream().toList();
    }
    List<String> values =
        field.isSingle()
            ? info.first(field.packageKey()).stream().toList()
            : info.values(field.packageKey());
    if (field.isCompared() && values.contains("")) {
      throw subject()
          .refuse(
              "package-empty-value",
              "the package has an empty '" + field.packageKey() + "'",
              "no database entry can say so, and clients since pacman 6.1 refuse a package that"
                  + " differs from its entry",
              "remove the empty element from the PKGBUILD and build again");
    }
    return values.stream().filter(v -> !v.isEmpty()).toList();
  }

  private Optional<String> measured(DescField field) {
    return switch (field) {
      case FILENAME -> Optional.of(checkedFileName());
      case CSIZE -> Optional.of(Long.toString(compressedSize));
      case MD5SUM ->
          options.version() == DescVersion.V1
              ? Optional.of(digests.hex(HashAlgorithm.MD5))
              : Optional.empty();
      case SHA256SUM -> Optional.of(digests.sha256().hex());
      case PGPSIG -> signature.filter(s -> options.includeSignatures()).map(this::encoded);
      default -> throw new IllegalStateException(field + " is not measured");
    };
  }

  private String checkedFileName() {
    try {
      return new PackageFileName(fileName).value();
    } catch (IllegalArgumentException e) {
      throw subject()
          .refuse(
              "package-file-name",
              "clients could not fetch the package: " + e.getMessage(),
              "rename the file");
    }
  }

  private String encoded(byte[] binary) {
    if (binary.length == 0 || binary.length > MAX_SIGNATURE) {
      throw subject()
          .refuse(
              "signature-size",
              "a signature of " + binary.length + " bytes cannot stand in a database",
              "clients take 1 to " + MAX_SIGNATURE + " bytes");
    }
    return Base64.getEncoder().encodeToString(binary);
  }

  private String checked(DescField field, String value) {
    boolean misread = value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0);
    if (misread || value.getBytes(UTF_8).length > DescFile.MAX_LINE) {
      throw subject()
          .refuse(
              "package-value",
              "clients would misread the value of '" + field.packageKey() + "'",
              "a value is one line of at most " + DescFile.MAX_LINE / 1024 + " KiB");
    }
    return value;
  }

  private Subject subject() {
    return new Subject(fileName);
  }
}
