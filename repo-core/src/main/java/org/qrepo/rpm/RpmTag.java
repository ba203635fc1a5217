package org.qrepo.rpm;

/** Numbers of header entries that mean something here; the two headers count separately. */
public final class RpmTag {
  /** Where the table of languages stands in a main header. */
  static final int I18N_TABLE = 100;

  public static final int NAME = 1000;
  public static final int VERSION = 1001;
  public static final int RELEASE = 1002;
  public static final int EPOCH = 1003;
  public static final int SUMMARY = 1004;
  public static final int DESCRIPTION = 1005;
  public static final int BUILD_TIME = 1006;
  public static final int BUILD_HOST = 1007;
  public static final int SIZE = 1009;
  public static final int VENDOR = 1011;
  public static final int LICENSE = 1014;
  public static final int PACKAGER = 1015;
  public static final int GROUP = 1016;
  public static final int URL = 1020;
  public static final int OS = 1021;
  public static final int ARCH = 1022;
  static final int FILE_SIZES = 1028;
  static final int FILE_MODES = 1030;
  static final int FILE_LINK_TARGETS = 1036;
  static final int FILE_FLAGS = 1037;
  public static final int SOURCE_RPM = 1044;
  public static final int ARCHIVE_SIZE = 1046;
  public static final int PROVIDE_NAME = 1047;
  public static final int REQUIRE_FLAGS = 1048;
  public static final int REQUIRE_NAME = 1049;
  public static final int REQUIRE_VERSION = 1050;
  public static final int CONFLICT_FLAGS = 1053;
  public static final int CONFLICT_NAME = 1054;
  public static final int CONFLICT_VERSION = 1055;
  public static final int CHANGELOG_TIME = 1080;
  public static final int CHANGELOG_NAME = 1081;
  public static final int CHANGELOG_TEXT = 1082;
  public static final int OBSOLETE_NAME = 1090;
  static final int FILE_INODES = 1096;
  public static final int PROVIDE_FLAGS = 1112;
  public static final int PROVIDE_VERSION = 1113;
  public static final int OBSOLETE_FLAGS = 1114;
  public static final int OBSOLETE_VERSION = 1115;
  static final int DIR_INDEXES = 1116;
  static final int BASE_NAMES = 1117;
  static final int DIR_NAMES = 1118;
  static final int PAYLOAD_FORMAT = 1124;
  static final int LONG_FILE_SIZES = 5008;
  public static final int LONG_SIZE = 5009;
  public static final int RECOMMEND_NAME = 5046;
  public static final int RECOMMEND_VERSION = 5047;
  public static final int RECOMMEND_FLAGS = 5048;
  public static final int SUGGEST_NAME = 5049;
  public static final int SUGGEST_VERSION = 5050;
  public static final int SUGGEST_FLAGS = 5051;
  public static final int SUPPLEMENT_NAME = 5052;
  public static final int SUPPLEMENT_VERSION = 5053;
  public static final int SUPPLEMENT_FLAGS = 5054;
  public static final int ENHANCE_NAME = 5055;
  public static final int ENHANCE_VERSION = 5056;
  public static final int ENHANCE_FLAGS = 5057;
  static final int PAYLOAD_DIGEST = 5092;
  static final int PAYLOAD_DIGEST_ALGORITHM = 5093;

  /** Present only in packages of format 6. */
  static final int RPM_FORMAT = 5114;

  private RpmTag() {}

  /** Entries of the signature header. */
  public static final class Signature {
    /** Over the main header, by a DSA or EdDSA key. */
    public static final int HEADER_DSA = 267;

    /** Over the main header, by an RSA key. */
    public static final int HEADER_RSA = 268;

    static final int HEADER_SHA1 = 269;
    static final int LONG_SIZE = 270;
    public static final int LONG_ARCHIVE_SIZE = 271;
    static final int HEADER_SHA256 = 273;
    static final int FILE_SIGNATURES = 274;
    static final int FILE_SIGNATURE_LENGTH = 275;
    static final int VERITY_SIGNATURES = 276;
    static final int VERITY_SIGNATURE_ALGORITHM = 277;

    /** Several signatures over the main header, base64; written by rpm 6 and newer. */
    public static final int HEADER_OPENPGP = 278;

    static final int HEADER_SHA3_256 = 279;
    static final int SIZE = 1000;

    /** Over main header and payload, by an RSA key. */
    public static final int CONTENT_RSA = 1002;

    static final int CONTENT_MD5 = 1004;

    /** Over main header and payload, by a DSA or EdDSA key. */
    public static final int CONTENT_DSA = 1005;

    public static final int ARCHIVE_SIZE = 1007;
    static final int RESERVED_SPACE = 1008;

    private Signature() {}
  }
}
