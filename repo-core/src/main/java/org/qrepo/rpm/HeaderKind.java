package org.qrepo.rpm;

/** The two headers of a package. */
enum HeaderKind {
  SIGNATURE("signature header", 62, 8 << 20),
  MAIN("header", 63, 32 << 20);

  private final String title;
  private final int region;
  private final int most;

  HeaderKind(String title, int region, int most) {
    this.title = title;
    this.region = region;
    this.most = most;
  }

  /** As messages call it. */
  String title() {
    return title;
  }

  /** The tag of the entry that frames all others. */
  int region() {
    return region;
  }

  /**
   * The largest that is read, in bytes. rpm takes 256 MiB; the largest of a whole distribution have
   * some twenty.
   */
  int most() {
    return most;
  }
}
