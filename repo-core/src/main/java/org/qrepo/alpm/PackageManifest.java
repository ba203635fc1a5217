package org.qrepo.alpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * {@code .MTREE}: what pacman checks an installed package against, an mtree(5) text under gzip.
 * Both digests are given, for pacman up to 6.0 reports a false mismatch without the MD5 one.
 */
final class PackageManifest {
  private PackageManifest() {}

  static byte[] of(List<PackageMember> members, long time) throws IOException {
    StringBuilder text = new StringBuilder("#mtree\n/set type=file uid=0 gid=0 mode=644\n");
    for (PackageMember member : members) {
      line(text, member, time);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.encode(bytes)) {
      out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void line(StringBuilder text, PackageMember member, long time) {
    text.append("./")
        .append(quote(member.path()))
        .append(" time=")
        .append(time)
        .append(".0")
        .append(" mode=")
        .append(Integer.toOctalString(member.mode()));
    if (member.isDirectory()) {
      text.append(" type=dir");
    } else {
      Digests digests = Digests.of(member.content(), Set.of(HashAlgorithm.MD5));
      text.append(" size=")
          .append(member.content().length)
          .append(" md5digest=")
          .append(digests.hex(HashAlgorithm.MD5))
          .append(" sha256digest=")
          .append(digests.sha256());
    }
    text.append('\n');
  }

  /** mtree's quoting: what is not plain printable ASCII is written as three octal digits a byte. */
  private static String quote(String path) {
    StringBuilder quoted = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && b != '\\' && b != '#' && b != '=') {
        quoted.append((char) b);
      } else {
        quoted.append(String.format("\\%03o", b & 0xff));
      }
    }
    return quoted.toString();
  }
}
