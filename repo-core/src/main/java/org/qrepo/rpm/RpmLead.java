package org.qrepo.rpm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The first 96 bytes of a package, which no digest covers: magic, version of the format, kind,
 * architecture, name, system, kind of signature, 16 zero bytes. Most readers pass over them.
 *
 * @param source whether it is a source package
 * @param architecture rpm's number of the machine that it is for, or was built on
 * @param name of package, version and release, cut to 65 bytes
 * @param system rpm's number of the operating system
 */
record RpmLead(boolean source, int architecture, String name, int system) {
  static final int LENGTH = 96;

  private static final byte[] MAGIC = HexFormat.of().parseHex("edabeedb");
  private static final int NAME = 10;
  private static final int NAME_LENGTH = 66;
  private static final int HEADER_SIGNATURE = 5;
  private static final int LINUX = 1;

  /** The numbers of machines on which packages for any machine are built today; 255 is unknown. */
  private static final Set<Integer> BUILDERS = Set.of(1, 12, 15, 16, 19, 22, 23, 255);

  static boolean beginsOne(byte[] head) {
    return head.length >= MAGIC.length && Arrays.equals(head, 0, 4, MAGIC, 0, 4);
  }

  static RpmLead parse(byte[] lead) throws MalformedRpmException {
    if (!beginsOne(lead)) {
      throw new MalformedRpmException(
          "rpm-format",
          "is not an RPM package: it does not begin as one",
          "rpmcanon will say: not an RPM package.");
    }
    if (lead.length < LENGTH) {
      throw new MalformedRpmException("rpm-truncated", "the package ends in its first 96 bytes");
    }
    if (lead[4] != 3 || lead[5] != 0) {
      throw version(lead[4] & 0xff, lead[5] & 0xff);
    }
    ByteBuffer numbers = ByteBuffer.wrap(lead);
    int type = numbers.getShort(6) & 0xffff;
    if (type > 1) {
      throw damaged("names the unknown kind " + type);
    }
    if ((numbers.getShort(78) & 0xffff) != HEADER_SIGNATURE || !zero(lead, 80, LENGTH)) {
      throw damaged("names an unknown kind of signature, or its reserved bytes are not zero");
    }
    return new RpmLead(
        type == 1, numbers.getShort(8) & 0xffff, name(lead), numbers.getShort(76) & 0xffff);
  }

  private static String name(byte[] lead) throws MalformedRpmException {
    int end = NAME;
    while (end < NAME + NAME_LENGTH && lead[end] != 0) {
      end++;
    }
    String name = new String(lead, NAME, end - NAME, StandardCharsets.ISO_8859_1);
    boolean good =
        end < NAME + NAME_LENGTH
            && zero(lead, end, NAME + NAME_LENGTH)
            && name.matches("[A-Za-z0-9._+~^:-]+");
    if (!good) {
      throw damaged("does not name the package");
    }
    return name;
  }

  private static boolean zero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Format 6, of rpm 6, begins with a 4. */
  static MalformedRpmException version(int major, int minor) {
    return new MalformedRpmException(
        "rpm-version",
        "is a package of RPM format " + (major == 4 ? "6" : major + "." + minor) + ", not 4",
        "dom0 cannot read it; rpmcanon will say: unsupported RPM package version.",
        "Build it in format 4: rpmbuild --define '_rpmformat 4'.");
  }

  /** Refuses a lead that speaks of another package than the header does. */
  void checkAgainst(RpmHeader header) throws MalformedRpmException {
    if (source == header.has(RpmTag.SOURCE_RPM)) {
      throw damaged("and the header disagree whether this is a source package");
    }
    String version = text(header, RpmTag.VERSION) + "-" + text(header, RpmTag.RELEASE);
    String own = text(header, RpmTag.NAME);
    String epoch = header.number(RpmTag.EPOCH).orElse(0) + ":";
    if (Stream.of(own + "-" + version, own + "-" + epoch + version, own)
        .noneMatch(n -> cut(n).equals(name))) {
      throw damaged("names another package than the header does");
    }
    if (text(header, RpmTag.OS).equals("linux") && system != LINUX) {
      throw damaged("names another system than the header does");
    }
    List<Integer> numbers = numbers(text(header, RpmTag.ARCH));
    if (!numbers.isEmpty() && !numbers.contains(architecture)) {
      throw damaged("names another machine than the header does");
    }
  }

  private static String text(RpmHeader header, int tag) {
    return header.text(tag).orElse("");
  }

  private static String cut(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return new String(
        bytes, 0, Math.min(bytes.length, NAME_LENGTH - 1), StandardCharsets.ISO_8859_1);
  }

  /** What may stand for an architecture; none where that is not known. */
  private List<Integer> numbers(String name) {
    if (source || name.equals("noarch")) {
      return List.copyOf(BUILDERS);
    }
    return switch (name) {
      case "x86_64", "i686", "i586", "i486", "i386" -> List.of(1);
      case "armv7hl" -> List.of(12);
      case "s390x" -> List.of(15);
      case "ppc64", "ppc64le" -> List.of(16);
      case "aarch64" -> List.of(19);
      case "riscv64" -> List.of(22);
      default -> List.of();
    };
  }

  private static MalformedRpmException damaged(String what) {
    return new MalformedRpmException(
        "rpm-lead",
        "the first 96 bytes are damaged: what stands there " + what,
        "Fetch or build the package again.");
  }
}
