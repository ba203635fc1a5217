package org.qrepo.io;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Formats that are told by name when they are refused. */
enum CompressionUnsupported {
  LZOP("lzop (.lzo)", "894c5a4f000d0a1a0a"),
  LRZIP("lrzip (.lrz)", "4c525a49"),
  LZIP("lzip (.lz)", "4c5a4950"),
  COMPRESS("compress (.Z)", "1f9d"),
  PACK("pack (.z)", "1f1e"),
  LZMA("lzma (.lzma)", "5d0000"),
  LZ4_LEGACY("lz4 with legacy frames", "02214c18"),
  GRZIP("grzip", "47525a6970494900"),
  ZIP("zip", "504b0304"),
  EMPTY_ZIP("zip", "504b0506"),
  SEVEN_ZIP("7z", "377abcaf271c"),
  RAR("rar", "526172211a07"),
  CPIO("cpio", "3037303730"),
  XAR("xar", "78617221"),
  CAB("cab", "4d534346"),
  AR("ar, as Debian packages are", "213c617263683e"),
  RPM("rpm", "edabeedb"),
  HTML("HTML, perhaps a server's error page", "3c21444f4354595045"),
  HTML_LOWER("HTML, perhaps a server's error page", "3c21646f6374797065"),
  HTML_BARE("HTML, perhaps a server's error page", "3c68746d6c"),
  OPENPGP_ARMOR("armored OpenPGP", "2d2d2d2d2d424547494e20504750"),
  ELF("an ELF program", "7f454c46");

  private final String title;
  private final String magic;

  CompressionUnsupported(String title, String magic) {
    this.title = title;
    this.magic = magic;
  }

  static Optional<String> nameOf(byte[] head) {
    String hex = HexFormat.of().formatHex(head);
    return Arrays.stream(values())
        .filter(format -> hex.startsWith(format.magic))
        .map(format -> format.title)
        .findFirst();
  }
}
